@NullMarked
package dev.updraft.server;

import org.jspecify.annotations.NullMarked;
