@NullMarked
package dev.updraft.emulator;

import org.jspecify.annotations.NullMarked;
