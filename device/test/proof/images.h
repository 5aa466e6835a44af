// Signed images for the proof, written from docs/reference/image.md without core/'s reader.
#ifndef UPDRAFT_IMAGES_H
#define UPDRAFT_IMAGES_H

#include "world.h"

#define IMAGES_STACK 0x20001000U // of every image

extern struct boot_key images_keys[1];
extern const uint8_t images_key_count;
extern const uint8_t *const images_decryption_key;

struct image_plan {
    const struct chip *chip;
    uint8_t steps; // how many steps it takes when it runs; the last is half full
    uint32_t counter;
    uint8_t version;
    enum image_fault fault;
    bool encrypted, packed;
    const struct model_image *like; // its second step is that of this one; NULL: of none
};

// Makes the keys; call once.
void images_begin(void);
// Both forms are padded with 0xFF to whole program units behind their size; free them with image_free.
struct model_image image_make(const struct image_plan *plan);
void image_free(struct model_image *image);
// A packed image to standard output, for the fuzzer's corpus; the exit code.
int images_print_packed(void);

#endif
