/** The compiled bootloader on the emulated boards: what it survives, and how a device without an image gets one. */
@org.jspecify.annotations.NullMarked
package dev.updraft.cli.bootloader;
