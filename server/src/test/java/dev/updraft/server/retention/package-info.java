@NullMarked
package dev.updraft.server.retention;

import org.jspecify.annotations.NullMarked;
