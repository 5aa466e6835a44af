package dev.updraft.cli.rehearse;

import dev.updraft.image.Image;
import dev.updraft.rehearsal.device.Bootloader;

/** What is rehearsed, ready to go on a board. */
record Rehearsed(Bootloader bootloader, Image oldImage, Image newImage) {}
