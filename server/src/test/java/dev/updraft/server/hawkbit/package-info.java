@NullMarked
package dev.updraft.server.hawkbit;

import org.jspecify.annotations.NullMarked;
