/** Shows the result of a rehearsal to people. */
@NullMarked
package dev.updraft.rehearsal.report;

import org.jspecify.annotations.NullMarked;
