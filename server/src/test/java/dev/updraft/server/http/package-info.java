@NullMarked
package dev.updraft.server.http;

import org.jspecify.annotations.NullMarked;
