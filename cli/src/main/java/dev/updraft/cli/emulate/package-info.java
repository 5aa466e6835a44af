/** {@code updraft emulate}: any STM32 firmware on an emulated board. */
@NullMarked
package dev.updraft.cli.emulate;

import org.jspecify.annotations.NullMarked;
