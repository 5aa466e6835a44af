/** What happened, in the order in which it became visible; served as server-sent events. */
@NullMarked
package dev.updraft.server.event;

import org.jspecify.annotations.NullMarked;
