package dev.updraft.cli.rehearse;

import dev.updraft.image.Image;
import dev.updraft.image.key.DecryptionKey;
import dev.updraft.rehearsal.device.Bootloader;
import org.jspecify.annotations.Nullable;

/** What is rehearsed, ready to go on a board. */
record Rehearsed(
        Bootloader bootloader,
        Image oldImage,
        Image newImage,
        @Nullable DecryptionKey opens) {}
