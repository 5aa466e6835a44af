@NullMarked
package dev.updraft.server.hawkbit.management;

import org.jspecify.annotations.NullMarked;
