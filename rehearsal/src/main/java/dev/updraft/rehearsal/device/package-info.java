/** What a device is made of: flash map, boot state, bootloader, images. */
@NullMarked
package dev.updraft.rehearsal.device;

import org.jspecify.annotations.NullMarked;
