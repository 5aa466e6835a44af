// Finds the steps that are equal in the new image and in the running slot, on the way of verifying the new one: what it
// reads, it compares.
#ifndef UPDRAFT_BOOT_COMPARE_H
#define UPDRAFT_BOOT_COMPARE_H

#include "boot.h"

struct boot_compare {
    struct updraft_reader image;
    const struct updraft_area *running;
    uint32_t step;
    uint32_t differs; // bit n: of step n
};

struct updraft_reader boot_compare_reader(struct boot_compare *compare, struct boot *boot,
                                          const struct updraft_reader *image);

// Bit n: step n of the new image was read whole, up to `read_to` bytes, and is in the slot already, among the first
// `units_old` steps. A step that only reads equal, because power went while it was written, must not be among them:
// none is unless the log says that the slot is whole. Ask before the first step is touched, once.
uint32_t boot_compare_equal(const struct boot_compare *compare, const struct updraft_state_record *state,
                            uint32_t read_to, uint16_t units_old);

#endif
