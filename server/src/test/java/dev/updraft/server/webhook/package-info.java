@NullMarked
package dev.updraft.server.webhook;

import org.jspecify.annotations.NullMarked;
