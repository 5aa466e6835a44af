/** The filter language (RSQL/FIQL) that picks devices, here over any record that can be asked for its fields. */
@NullMarked
package dev.updraft.server.filter;

import org.jspecify.annotations.NullMarked;
