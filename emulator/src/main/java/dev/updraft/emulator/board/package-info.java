/** Whole boards: a chip, what is wired to it, power, time and snapshots. The way into this room is {@link dev.updraft.emulator.board.Boards}. */
@NullMarked
package dev.updraft.emulator.board;

import org.jspecify.annotations.NullMarked;
