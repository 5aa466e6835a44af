// Signed images for the proof, written from docs/reference/image.md without core/'s reader.
#ifndef UPDRAFT_IMAGES_H
#define UPDRAFT_IMAGES_H

#include "world.h"

extern struct boot_key images_keys[1];
extern const uint8_t images_key_count;

struct image_plan {
    const struct chip *chip;
    uint8_t steps; // how many steps it takes; the last is half full
    uint32_t counter;
    uint8_t version;
    enum image_fault fault;
};

// Makes the signing keys; call once.
void images_begin(void);
// bytes are padded with 0xFF to whole program units behind `size`; free them.
struct model_image image_make(const struct image_plan *plan);

#endif
