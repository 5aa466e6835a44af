/** hawkBit's Direct Device Integration API: docs/reference/ddi.md. It keeps no state of updates: what it says comes from the rollouts. */
@NullMarked
package dev.updraft.server.hawkbit.ddi;

import org.jspecify.annotations.NullMarked;
