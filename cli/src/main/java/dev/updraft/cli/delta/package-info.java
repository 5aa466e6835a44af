/** {@code updraft delta}. */
@NullMarked
package dev.updraft.cli.delta;

import org.jspecify.annotations.NullMarked;
