// Puts a copy of the running image beside the place that the next one is downloaded to, where that is outside the chip:
// the bootloader then installs by a plain copy, and comes back to the old image by another.
//
// What is encrypted never goes out in clear: the copy is the file that the running image was installed from, while it
// still stands where the next one goes. Only an image that was never encrypted is taken from the running slot.
#ifndef UPDRAFT_AGENT_FALLBACK_H
#define UPDRAFT_AGENT_FALLBACK_H

#include "download.h"

enum fallback_result {
    FALLBACK_MORE,
    FALLBACK_KEPT, // a copy stands and the log knows it
    FALLBACK_NONE, // no place for one, none can be made, or the memory failed
};

struct fallback {
    uint32_t at, size; // bytes copied, of
    bool from_slot;
};

// Before anything of the offered file is staged.
enum fallback_result fallback_begin(struct fallback *fallback, const struct download_means *means,
                                    const struct offer *offer);

// Copies one buffer full.
enum fallback_result fallback_step(struct fallback *fallback, const struct download_means *means);

#endif
