// Images on an external SPI NOR flash, at updraft_layout_nor_offset.
#ifndef UPDRAFT_BOOT_NOR_H
#define UPDRAFT_BOOT_NOR_H

#include "source.h"

#if UPDRAFT_NOR

// UPDRAFT_ERROR_ABSENT where no flash answers, or one that is too small.
enum updraft_status boot_nor_open(struct boot *boot, enum boot_file file, struct updraft_reader *reader);

#else

static inline enum updraft_status boot_nor_open(struct boot *boot, enum boot_file file, struct updraft_reader *reader) {
    (void)boot;
    (void)file;
    (void)reader;
    return UPDRAFT_ERROR_ABSENT;
}

#endif
#endif
