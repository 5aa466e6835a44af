/** Files that commands read and write: a file is written whole or not at all. */
@NullMarked
package dev.updraft.cli.file;

import org.jspecify.annotations.NullMarked;
