/** What a build writes, read by content: Intel HEX, Motorola SREC, ELF, DfuSe, UF2, raw binary. */
@NullMarked
package dev.updraft.image.firmware;

import org.jspecify.annotations.NullMarked;
