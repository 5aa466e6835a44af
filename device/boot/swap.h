// The installation: whole swap units, each copied onto one that is no longer needed, read back, and then recorded
// (docs/reference/flash-map.md shows it).
//
// From staging inside the chip it is a swap: old unit i goes to staging unit i, then new unit i (in staging unit i + 1)
// to running unit i. From a source that is kept (a packed image in staging, a card, an external flash) only the old
// image moves, to staging's end; and where the agent has put a copy of it beside the source, nothing but the new image.
// At each moment every unit of both images stands whole somewhere, and the number of recorded units says where.
#ifndef UPDRAFT_BOOT_SWAP_H
#define UPDRAFT_BOOT_SWAP_H

#include "view.h"

// Swap units that an image of `size` bytes takes.
uint16_t boot_units(const struct boot *boot, uint32_t size);

// Units of the slot, from its beginning on, that an interrupted swap may have touched: the one under way is among them.
uint16_t boot_units_touched(const struct updraft_state_record *state);

// Goes on from state.units_done and records each unit that stands. On an error boot->failed_address names the sector,
// if the flash refused it; the state says how far it came. UPDRAFT_ERROR_ABSENT and _READ: the source is silent.
enum updraft_status boot_swap(struct boot *boot);

// Copies the fallback back, from state.units_done on. It stays where it is, so this can be cut off and done again as
// often as need be: where the boot state takes no record it goes on without.
enum updraft_status boot_copy_back(struct boot *boot);

#endif
