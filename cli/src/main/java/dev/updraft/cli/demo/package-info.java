/** The main job on one desk: compile, sign, serve, and update emulated boards over the air. */
@NullMarked
package dev.updraft.cli.demo;

import org.jspecify.annotations.NullMarked;
