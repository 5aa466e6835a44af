// Puts a copy of the running image beside the place that the next one is downloaded to, where that is outside the chip:
// the bootloader then installs by a plain copy, and comes back to the old image by another.
//
// What is encrypted never goes out in clear: the copy is the file that the running image was installed from, while it
// still stands where the next one goes. Only an image that was never encrypted is taken from the running slot.
#ifndef UPDRAFT_PRESERVE_H
#define UPDRAFT_PRESERVE_H

#include "updraft_fetch.h"

enum updraft_preserve_result {
    UPDRAFT_PRESERVE_MORE,
    UPDRAFT_PRESERVE_KEPT, // a copy stands and the log knows it
    UPDRAFT_PRESERVE_NONE, // no place for one, none can be made, or the memory failed
};

struct updraft_preserve {
    uint32_t at, size; // bytes copied, of
    bool from_slot;
};

// Before anything of the offered file is staged.
enum updraft_preserve_result updraft_preserve_begin(struct updraft_preserve *fallback,
                                                    const struct updraft_fetch_means *means,
                                                    const struct updraft_offer *offer);

// Copies one buffer full.
enum updraft_preserve_result updraft_preserve_step(struct updraft_preserve *fallback,
                                                   const struct updraft_fetch_means *means);

#endif
