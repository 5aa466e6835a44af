/** What is attached to a chip's pins: the Wi-Fi module, the SD card, the external flash, the console, and the wires to them. */
@NullMarked
package dev.updraft.emulator.part;

import org.jspecify.annotations.NullMarked;
