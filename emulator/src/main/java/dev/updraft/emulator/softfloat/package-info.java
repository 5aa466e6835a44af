/** Floating-point arithmetic as the manual has it, on bits. Knows nothing else of the emulator. */
@NullMarked
package dev.updraft.emulator.softfloat;

import org.jspecify.annotations.NullMarked;
