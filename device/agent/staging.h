// Where a download is put: a slot inside the chip, an external flash, a file on a card.
#ifndef UPDRAFT_AGENT_STAGING_H
#define UPDRAFT_AGENT_STAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Offsets count from the first byte of the file that is staged. Every call answers false when the memory failed; a read that
// meets an uncorrectable error answers false and never faults.
struct updraft_staging {
    void *context;
    uint32_t size; // bytes that a file may have
    uint32_t unit; // bytes programmed at once: offset and length of a write are multiples of it
    // Size of the erase block that starts at offset; 0 where none does.
    uint32_t (*block)(void *context, uint32_t offset);
    bool (*erase)(void *context, uint32_t offset); // the block that starts there
    bool (*write)(void *context, uint32_t offset, const uint8_t *data, size_t length);
    bool (*read)(void *context, uint32_t offset, uint8_t *data, size_t length);
};

#endif
