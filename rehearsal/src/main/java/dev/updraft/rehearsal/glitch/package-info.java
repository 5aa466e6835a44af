/** One fault in one instruction of the bootloader: does an image that nobody signed start? */
@NullMarked
package dev.updraft.rehearsal.glitch;

import org.jspecify.annotations.NullMarked;
