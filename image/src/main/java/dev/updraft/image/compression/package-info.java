/** Packs payloads as heatshrink does, which a chip unpacks with a kilobyte of RAM. */
@NullMarked
package dev.updraft.image.compression;

import org.jspecify.annotations.NullMarked;
