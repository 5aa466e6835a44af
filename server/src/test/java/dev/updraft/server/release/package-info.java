@NullMarked
package dev.updraft.server.release;

import org.jspecify.annotations.NullMarked;
