@NullMarked
package dev.updraft.server.overview;

import org.jspecify.annotations.NullMarked;
