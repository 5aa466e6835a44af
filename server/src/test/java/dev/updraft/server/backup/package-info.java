@NullMarked
package dev.updraft.server.backup;

import org.jspecify.annotations.NullMarked;
