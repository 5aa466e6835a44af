/** What every part of a chip is made of: register blocks, interrupt lines, and the relation of cycles to seconds. */
@NullMarked
package dev.updraft.emulator.chip;

import org.jspecify.annotations.NullMarked;
