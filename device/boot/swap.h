// The installation: whole steps, each copied onto one that is no longer needed and then recorded as proven
// (docs/reference/flash-map.md shows it).
//
// From staging inside the chip it is a swap: old step i goes to staging step i, then new step i (in staging step i + 1)
// to running step i. From a source that stays (a packed image in staging, a card, an external flash) only the old image
// moves, to staging's end; and where the agent has put a copy of it beside the source, nothing but the new image. At
// each moment every step of both images stands whole somewhere, and the number of proven steps says where.
#ifndef UPDRAFT_BOOT_WALK_H
#define UPDRAFT_BOOT_WALK_H

#include "view.h"

// Steps that an image of `size` bytes takes.
uint16_t boot_steps(const struct boot *boot, uint32_t size);

// Both go on from state.units_done and record each proven step. On an error boot->failed_address names the sector, if
// the flash refused it; the state says how far it came.
enum updraft_status boot_walk(struct boot *boot);
enum updraft_status boot_go_back(struct boot *boot);

#endif
