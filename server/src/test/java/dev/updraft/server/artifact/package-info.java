@NullMarked
package dev.updraft.server.artifact;

import org.jspecify.annotations.NullMarked;
