// The places outside the running slot that an image is read from: staging inside the chip, a file on an SD card, an
// external SPI NOR flash. Whatever the kind, it is bytes and a size, and nothing else of it is known to the walk.
#ifndef UPDRAFT_BOOT_SOURCE_H
#define UPDRAFT_BOOT_SOURCE_H

#include "boot.h"

enum boot_file {
    BOOT_UPDATE,   // the new image
    BOOT_FALLBACK, // the copy of the running image that the agent put beside it
};

// The bytes as they stand there, encrypted and packed if they are. Outside the chip one file is open at a time.
// UPDRAFT_ERROR_ABSENT where there is none, or no such medium.
enum updraft_status boot_source_open(struct boot *boot, enum updraft_source kind, enum boot_file file,
                                     struct updraft_reader *reader);

// Offset in staging of what is kept there of the old image.
uint32_t boot_kept_offset(const struct boot *boot);

#endif
