// The installation walk: whole steps move one way along the two slots (docs/reference/flash-map.md shows it).
// Old step i goes to staging step i, then new step i (in staging step i + 1) goes to running step i. At each moment
// every step of both images stands whole somewhere, and the number of proven steps says where.
#ifndef UPDRAFT_BOOT_WALK_H
#define UPDRAFT_BOOT_WALK_H

#include "boot.h"

// Where one image is found while it is spread over both slots.
struct boot_view {
    const struct boot *boot;
    uint16_t moved;             // steps of it that are moved already
    struct boot_cipher *cipher; // opens what is read from staging; NULL: nothing to open
    bool is_new;                // new: staging (from its second step) to running; old: running to staging
};

struct updraft_reader boot_view_reader(struct boot_view *view, const struct boot *boot, bool is_new, uint16_t moved);

// The new image as it will run, which takes its key if it is encrypted. UPDRAFT_ERROR_KEY when that is not for us.
enum updraft_status boot_open_new(struct boot *boot, struct boot_view *view, uint16_t moved,
                                  struct updraft_reader *reader);

// Steps that an image of `size` bytes takes.
uint16_t boot_steps(const struct boot *boot, uint32_t size);

// Both go on from state.steps_done and record each proven step. On an error boot->failed_address names the sector, if
// the flash refused it; the state says how far it came.
enum updraft_status boot_walk(struct boot *boot);
enum updraft_status boot_go_back(struct boot *boot);

#endif
