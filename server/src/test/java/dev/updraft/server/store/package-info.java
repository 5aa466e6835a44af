@NullMarked
package dev.updraft.server.store;

import org.jspecify.annotations.NullMarked;
