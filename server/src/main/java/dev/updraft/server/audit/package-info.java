/** Who asked for what: the append-only log of every change. */
@NullMarked
package dev.updraft.server.audit;

import org.jspecify.annotations.NullMarked;
