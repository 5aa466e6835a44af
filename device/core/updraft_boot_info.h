// What the bootloader on this chip can, as it says itself: a word in an entry of its vector table that the processor
// has no use for (Armv7-M, B1.5.3: entry 7 is reserved). An application reads it there, so it need not be built to
// match.
#ifndef UPDRAFT_BOOT_INFO_H
#define UPDRAFT_BOOT_INFO_H

#include "updraft_flash.h"

#define UPDRAFT_BOOT_INFO_ENTRY 7 // of the vector table, which stands at the start of the flash
#define UPDRAFT_BOOT_INFO_MAGIC 0x55440000U

enum {
    UPDRAFT_BOOT_INFO_MASK = 0x0000ffff,
    // The device protocol's `can`.
    UPDRAFT_BOOT_UNPACKS = 1 << 0, // heatshrink
    UPDRAFT_BOOT_OPENS = 1 << 1,   // encrypted images
    UPDRAFT_BOOT_CAN = 0xff,
    // Where it takes images from beside staging inside the chip.
    UPDRAFT_BOOT_FROM_CARD = 1 << 8,
    UPDRAFT_BOOT_FROM_NOR = 1 << 9,
    UPDRAFT_BOOT_FROM_UART = 1 << 10,
};

// 0 where there is no such word: a bootloader of another kind, or one from before this was said.
static inline uint32_t updraft_boot_info(const struct updraft_flash *flash) {
    uint32_t word, address = flash->regions[0].address + 4 * UPDRAFT_BOOT_INFO_ENTRY;
    if (flash->read(flash->context, address, &word, sizeof word) != UPDRAFT_OK)
        return 0;
    return (word & ~(uint32_t)UPDRAFT_BOOT_INFO_MASK) == UPDRAFT_BOOT_INFO_MAGIC ? word & UPDRAFT_BOOT_INFO_MASK : 0;
}

#endif
