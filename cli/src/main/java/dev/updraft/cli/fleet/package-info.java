/** Commands that run the fleet server, and commands that talk to one over its operator API. */
@NullMarked
package dev.updraft.cli.fleet;

import org.jspecify.annotations.NullMarked;
