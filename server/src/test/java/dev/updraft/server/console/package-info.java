/** The console as people meet it: a real browser before a real server. */
@NullMarked
package dev.updraft.server.console;

import org.jspecify.annotations.NullMarked;
