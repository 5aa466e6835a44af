@NullMarked
package dev.updraft.server.hawkbit.ddi;

import org.jspecify.annotations.NullMarked;
