/** The database: one writer that commits in groups, pooled readers, and the migrations that make the schema. */
@NullMarked
package dev.updraft.server.store;

import org.jspecify.annotations.NullMarked;
