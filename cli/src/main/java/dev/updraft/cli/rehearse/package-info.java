/** {@code updraft rehearse}: an update on emulated boards, with the power cut at every flash operation. */
@NullMarked
package dev.updraft.cli.rehearse;

import org.jspecify.annotations.NullMarked;
