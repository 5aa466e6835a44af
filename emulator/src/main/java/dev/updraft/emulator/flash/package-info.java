/** Flash memory that fails as real flash does when the power goes, and the controllers of three STM32 families. */
@NullMarked
package dev.updraft.emulator.flash;

import org.jspecify.annotations.NullMarked;
