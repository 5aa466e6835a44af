@NullMarked
package dev.updraft.server.tls;

import org.jspecify.annotations.NullMarked;
