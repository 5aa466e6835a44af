/** {@code updraft image}: makes, explains and checks MCUboot images. */
@NullMarked
package dev.updraft.cli.image;

import org.jspecify.annotations.NullMarked;
