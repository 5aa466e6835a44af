/** The fleet at a glance: what runs where, what ended lately and how, and how that was before. */
@NullMarked
package dev.updraft.server.overview;

import org.jspecify.annotations.NullMarked;
