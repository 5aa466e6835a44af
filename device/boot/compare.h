// Finds the swap units that are equal in the new image and in the running slot, on the way of verifying the new one:
// what it reads is held against what stands in the slot.
#ifndef UPDRAFT_BOOT_COMPARE_H
#define UPDRAFT_BOOT_COMPARE_H

#include "boot.h"

struct boot_compare {
    struct updraft_reader image;
    const struct updraft_area *running;
    uint8_t *there; // BOOT_SEEN bytes: boot->image.seen, which a reading fills in when it ends
    uint32_t unit;
    uint32_t differs; // bit n: of unit n
};

struct updraft_reader boot_compare_reader(struct boot_compare *compare, struct boot *boot,
                                          const struct updraft_reader *image);

// Bit n: unit n of the new image was read whole, up to `read_to` bytes, and is in the slot already, among the first
// `units_old` units. A unit that only reads equal, because power went while it was written, must not be among them:
// rely on it only where the boot state says that the slot is whole, and before the first unit is touched.
uint32_t boot_compare_equal(const struct boot_compare *compare, uint32_t read_to, uint16_t units_old);

#endif
