// The flash map of a board (docs/reference/flash-map.md): who owns which bytes.
#ifndef UPDRAFT_LAYOUT_H
#define UPDRAFT_LAYOUT_H

#include "updraft_flash.h"

#define UPDRAFT_UNITS_MOST 32 // the log has a bit for each

struct updraft_layout {
    const char *board; // as in the image's BOARD TLV
    struct updraft_area log[2];
    struct updraft_area settings;
    struct updraft_area running; // slot that code runs from; whole steps
    struct updraft_area staging; // one step larger than `running`: a new image is written from its second step on
    uint32_t swap_unit;          // bytes moved between two records of the walk: a multiple of both slots' erase units;
                                 // the running slot has at most UPDRAFT_UNITS_MOST of them
    uint32_t header_size;        // of an image, so that its vector table is aligned
};

// Records that an installation and its trial take at most, power cuts left out.
static inline uint32_t updraft_layout_records(const struct updraft_layout *layout) {
    return 2 * (layout->running.size / layout->swap_unit) + 8;
}

// Offset in `staging` at which a new image starts. The first step stays free so that the swap can walk one way.
static inline uint32_t updraft_layout_staged_offset(const struct updraft_layout *layout) {
    return layout->swap_unit;
}

// Where an external SPI NOR flash holds the new image, and behind it the fallback: each has room for a running slot,
// from a block of 64 KB on.
static inline uint32_t updraft_layout_nor_offset(const struct updraft_layout *layout, bool fallback) {
    return fallback ? (layout->running.size + 0xffffU) & ~0xffffU : 0;
}

// The board this was compiled for; port/layout.c, from the board's file.
extern const struct updraft_layout updraft_board_layout;

#endif
