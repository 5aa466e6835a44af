/** Boards as data: what a {@code boards/NAME.toml} says, whether it can be, and what is made of it. */
@NullMarked
package dev.updraft.image.board;

import org.jspecify.annotations.NullMarked;
