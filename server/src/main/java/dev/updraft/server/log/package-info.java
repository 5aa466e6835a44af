/** The server's log: one JSON object a line, each with the id of the request it belongs to. */
@NullMarked
package dev.updraft.server.log;

import org.jspecify.annotations.NullMarked;
