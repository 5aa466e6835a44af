/** Power cuts at every flash operation of an update, and at those of each recovery. */
@NullMarked
package dev.updraft.rehearsal.campaign;

import org.jspecify.annotations.NullMarked;
