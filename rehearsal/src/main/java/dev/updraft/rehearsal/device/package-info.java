/** What a device is made of: flash map, metadata log, bootloader, images. */
@NullMarked
package dev.updraft.rehearsal.device;

import org.jspecify.annotations.NullMarked;
