/** The processor and what it needs to run: memory map, virtual time, exceptions and interrupts. Knows no chip and no board. */
@NullMarked
package dev.updraft.emulator.core;

import org.jspecify.annotations.NullMarked;
