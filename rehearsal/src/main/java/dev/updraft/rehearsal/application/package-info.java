/** The new application itself, run on the emulated board after it was installed. */
@NullMarked
package dev.updraft.rehearsal.application;

import org.jspecify.annotations.NullMarked;
