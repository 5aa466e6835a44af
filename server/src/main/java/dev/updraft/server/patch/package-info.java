/** Patches from what a device runs to what it is offered, made beside the check-ins. */
@org.jspecify.annotations.NullMarked
package dev.updraft.server.patch;
