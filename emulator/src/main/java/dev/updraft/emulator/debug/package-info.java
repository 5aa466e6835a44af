/** What a firmware engineer sees of a running processor: symbols, trace, profile, what a fault was about. */
@NullMarked
package dev.updraft.emulator.debug;

import org.jspecify.annotations.NullMarked;
