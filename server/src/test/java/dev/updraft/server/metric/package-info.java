@NullMarked
package dev.updraft.server.metric;

import org.jspecify.annotations.NullMarked;
