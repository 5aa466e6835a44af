/** Thumb encodings read into operations. Knows no state of a processor. */
@NullMarked
package dev.updraft.emulator.instruction;

import org.jspecify.annotations.NullMarked;
