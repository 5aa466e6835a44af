@NullMarked
package dev.updraft.cli;

import org.jspecify.annotations.NullMarked;
