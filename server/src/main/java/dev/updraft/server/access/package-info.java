/** Who is calling: bearer tokens, and the operators that hold them. */
@NullMarked
package dev.updraft.server.access;

import org.jspecify.annotations.NullMarked;
