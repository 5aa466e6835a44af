/**
 * Firmware in, MCUboot images out: {@link dev.updraft.image.Image} reads and checks one,
 * {@link dev.updraft.image.ImageSigner} makes one.
 */
@NullMarked
package dev.updraft.image;

import org.jspecify.annotations.NullMarked;
