/** What must happen, written apart from the code that does it. */
@NullMarked
package dev.updraft.rehearsal.referee;

import org.jspecify.annotations.NullMarked;
