/** What grows with the years, and how it is kept small. */
@NullMarked
package dev.updraft.server.retention;

import org.jspecify.annotations.NullMarked;
