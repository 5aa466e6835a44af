/** {@code updraft import hawkbit}: docs/guide/move-from-hawkbit.md. */
@NullMarked
package dev.updraft.cli.hawkbit;

import org.jspecify.annotations.NullMarked;
