@NullMarked
package dev.updraft.server.fleet;

import org.jspecify.annotations.NullMarked;
