/** The server's side of gdb's remote serial protocol: gdb-multiarch or arm-none-eabi-gdb debugs the firmware on an emulated board. */
@NullMarked
package dev.updraft.emulator.gdb;

import org.jspecify.annotations.NullMarked;
