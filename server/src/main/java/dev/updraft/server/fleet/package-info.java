/** Devices: what each one is, runs and reported. */
@NullMarked
package dev.updraft.server.fleet;

import org.jspecify.annotations.NullMarked;
