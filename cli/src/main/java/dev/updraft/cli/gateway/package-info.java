/** {@code updraft gateway}. */
@NullMarked
package dev.updraft.cli.gateway;

import org.jspecify.annotations.NullMarked;
