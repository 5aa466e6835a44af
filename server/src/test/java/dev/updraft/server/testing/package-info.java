@NullMarked
package dev.updraft.server.testing;

import org.jspecify.annotations.NullMarked;
