/** What every HTTP endpoint of the server shares: bodies with limits, JSON answers, problems told in one sentence. */
@NullMarked
package dev.updraft.server.http;

import org.jspecify.annotations.NullMarked;
