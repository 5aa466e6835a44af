/** The fleet server; {@link dev.updraft.server.Server#start} is its one way in. */
@NullMarked
package dev.updraft.server;

import org.jspecify.annotations.NullMarked;
