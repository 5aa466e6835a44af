/** Patches from one firmware image to another, for decoders with a few kilobytes of RAM: docs/reference/delta-format.md. */
@org.jspecify.annotations.NullMarked
package dev.updraft.delta;
