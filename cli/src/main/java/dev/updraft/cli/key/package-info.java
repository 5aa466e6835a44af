/** {@code updraft key}: makes keys, shows them, and compiles the public ones into the bootloader. */
@NullMarked
package dev.updraft.cli.key;

import org.jspecify.annotations.NullMarked;
