/** Releases: versions, their images one a board, and whether they may be offered. */
@NullMarked
package dev.updraft.server.release;

import org.jspecify.annotations.NullMarked;
