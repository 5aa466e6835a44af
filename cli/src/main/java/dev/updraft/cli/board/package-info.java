/** {@code updraft board}. */
@NullMarked
package dev.updraft.cli.board;

import org.jspecify.annotations.NullMarked;
