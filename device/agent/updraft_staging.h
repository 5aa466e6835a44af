// Where a download is put: a slot inside the chip, an external flash, a file on a card.
#ifndef UPDRAFT_STAGING_H
#define UPDRAFT_STAGING_H

#include "updraft_boot_state.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Offsets count from the first byte of the file that is staged. Every call answers false when the memory failed; a read
// that meets an uncorrectable error answers false and never faults.
struct updraft_staging {
    void *context;
    enum updraft_source source; // what the bootloader is told
    uint32_t size;              // bytes that a file may have
    uint32_t unit;              // bytes programmed at once: offset and length of a write are multiples of it
    // The erase block that holds offset: *start is where it begins, *length its size.
    bool (*block)(void *context, uint32_t offset, uint32_t *start, uint32_t *length);
    bool (*erase)(void *context, uint32_t offset, uint32_t length);                      // one whole block
    bool (*write)(void *context, uint32_t offset, const uint8_t *data, uint32_t length); // and reads back
    bool (*read)(void *context, uint32_t offset, uint8_t *data, uint32_t length);
    // Both NULL where erase blocks are small. `keep` copies length bytes from start, the start of a block, to a spare
    // block; `put_back` erases the block and copies them back.
    bool (*keep)(void *context, uint32_t start, uint32_t length);
    bool (*put_back)(void *context, uint32_t start, uint32_t length);
    // Outside the chip: where the copy of the running image goes before it is needed to go back to. NULL: nowhere, the
    // bootloader keeps the running image inside the chip, if there is room.
    const struct updraft_staging *fallback;
};

// The staging slot of the board's flash map.
struct updraft_staging updraft_staging_slot(const struct updraft_layout *layout);

// Writes `length` bytes of `data` at `offset`, each erase block erased when its first byte comes; `data` has room to be
// filled up with 0xFF to whole units. False when the memory failed.
bool updraft_staging_store(const struct updraft_staging *staging, uint32_t offset, uint8_t *data, uint32_t length);

#endif
