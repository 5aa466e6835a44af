@NullMarked
package dev.updraft.server.access;

import org.jspecify.annotations.NullMarked;
