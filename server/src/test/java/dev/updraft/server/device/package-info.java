@NullMarked
package dev.updraft.server.device;

import org.jspecify.annotations.NullMarked;
