// Readings: what stands where, and whether it can be relied upon.
#ifndef UPDRAFT_BOOT_FIND_H
#define UPDRAFT_BOOT_FIND_H

#include "view.h"

// Reads the image at `place` into boot->image, again where it is not good: BOOT_BAD only if two readings agree on what
// is wrong and, outside the chip, the medium still answers. *why is what the last one said.
enum boot_reading boot_read(struct boot *boot, enum boot_place place, enum updraft_status *why);

// Each sets its own of boot->findings.
void boot_find_slot(struct boot *boot);
void boot_find_update(struct boot *boot); // boot->plan too, boot->stopped says why it is bad
void boot_find_fallback(struct boot *boot);
void boot_find_staged(struct boot *boot);

#endif
