/** Rehearses an update: installs it on emulated boards with the power cut at every flash operation. */
@NullMarked
package dev.updraft.rehearsal;

import org.jspecify.annotations.NullMarked;
