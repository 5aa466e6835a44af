/** The networks that a module on a board can reach: real sockets of this computer, or a scripted, deterministic peer. */
@NullMarked
package dev.updraft.emulator.network;

import org.jspecify.annotations.NullMarked;
