@NullMarked
package dev.updraft.server.filter;

import org.jspecify.annotations.NullMarked;
