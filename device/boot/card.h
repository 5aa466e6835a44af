// Images on an SD card: UPDATE.UPD and FALLBACK.UPD in the root directory of a FAT16 or FAT32 volume.
#ifndef UPDRAFT_BOOT_CARD_H
#define UPDRAFT_BOOT_CARD_H

#include "source.h"

#if UPDRAFT_CARD

// UPDRAFT_ERROR_ABSENT without card or file.
enum updraft_status boot_card_open(struct boot *boot, enum boot_file file, struct updraft_reader *reader);

#else

static inline enum updraft_status boot_card_open(struct boot *boot, enum boot_file file,
                                                 struct updraft_reader *reader) {
    (void)boot;
    (void)file;
    (void)reader;
    return UPDRAFT_ERROR_ABSENT;
}

#endif
#endif
