/** The part of hawkBit's Management API that its tools use (docs/reference/hawkbit-management.md), on Updraft's fleet, releases and rollouts. */
@NullMarked
package dev.updraft.server.hawkbit.management;

import org.jspecify.annotations.NullMarked;
