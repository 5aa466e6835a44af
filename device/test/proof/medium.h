// Memory outside the chip for the proof: the interfaces of media/sd_spi.h and media/spi_nor.h over a simulated flash,
// with a FAT16 volume that holds UPDATE.UPD and FALLBACK.UPD. Both are written by the application, and only read by
// boot/.
#ifndef UPDRAFT_MEDIUM_H
#define UPDRAFT_MEDIUM_H

#include "sim_flash.h"

struct medium {
    struct sim_flash *sim;
    uint32_t room;                  // bytes of a file
    bool gone;                      // the card was pulled out
    bool away;                      // it is not there in this boot
    int64_t readings;               // of sectors, or of pieces of the external flash, in this boot
    int64_t silent_from, silent_to; // readings that nobody answers; none: both 0
    int64_t wrong_at;               // reading with a wrong bit; none: -1
};

enum { MEDIUM_BASE = 0x1000, MEDIUM_SECTOR = 512 };

// What the drivers of this process read.
void medium_insert(struct medium *medium);

// `room` is a multiple of MEDIUM_SECTOR; power is shared with the chip's.
struct medium medium_create(uint32_t room, struct sim_power *power);

// Writes a file as a card or as a NOR flash does, and reads it back. False where it does not read back right.
bool medium_write(struct medium *medium, bool is_card, bool fallback, const uint8_t *bytes, uint32_t size);

// Address of a file's first byte in the simulated flash.
uint32_t medium_address(const struct medium *medium, bool fallback);

#endif
