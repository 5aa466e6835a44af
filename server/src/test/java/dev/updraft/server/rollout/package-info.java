@NullMarked
package dev.updraft.server.rollout;

import org.jspecify.annotations.NullMarked;
