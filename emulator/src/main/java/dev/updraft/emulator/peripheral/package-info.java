/** The peripherals of STM32 chips, as registers; flash controllers are in {@code flash}. */
@NullMarked
package dev.updraft.emulator.peripheral;

import org.jspecify.annotations.NullMarked;
