/** The memory map: regions of RAM and flash, devices behind addresses, and the faults that the bus gives. Knows no processor. */
@NullMarked
package dev.updraft.emulator.memory;

import org.jspecify.annotations.NullMarked;
