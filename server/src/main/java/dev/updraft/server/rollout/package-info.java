/** Which device gets which release, and how each update went. */
@NullMarked
package dev.updraft.server.rollout;

import org.jspecify.annotations.NullMarked;
