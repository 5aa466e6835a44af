// An image on an SD card: the file UPDATE.UPD in the root directory of a FAT16 or FAT32 volume.
//
// It is verified on the card, copied into staging, and installed from there like any other: so the walk, its fallback
// and its proof are the same whatever the image came from, and the card may be pulled out once the walk has begun. A
// power cut during the copy starts the copy again.
#ifndef UPDRAFT_BOOT_CARD_H
#define UPDRAFT_BOOT_CARD_H

#include "boot.h"

#if UPDRAFT_RECOVERY

// Verifies what is on the card, and gives its digest. UPDRAFT_ERROR_ABSENT without card or file.
enum updraft_status boot_card_verify(struct boot *boot, uint8_t digest[32]);

// Verifies and copies it into staging. UPDRAFT_ERROR_DIGEST where it is not the image known as `wanted`, nothing
// written.
enum updraft_status boot_card_stage(struct boot *boot, const uint8_t wanted[32]);

#else

static inline enum updraft_status boot_card_verify(struct boot *boot, uint8_t digest[32]) {
    (void)boot;
    (void)digest;
    return UPDRAFT_ERROR_ABSENT;
}

static inline enum updraft_status boot_card_stage(struct boot *boot, const uint8_t wanted[32]) {
    (void)boot;
    (void)wanted;
    return UPDRAFT_ERROR_ABSENT;
}

#endif
#endif
