@NullMarked
package dev.updraft.server.event;

import org.jspecify.annotations.NullMarked;
