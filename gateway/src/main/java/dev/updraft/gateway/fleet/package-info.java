/** The server that the gateway works for, and what was fetched from it. */
@NullMarked
package dev.updraft.gateway.fleet;

import org.jspecify.annotations.NullMarked;
