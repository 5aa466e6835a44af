@NullMarked
package dev.updraft.server.gateway;

import org.jspecify.annotations.NullMarked;
