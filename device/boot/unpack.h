// Unpacks compressed images (docs/reference/image.md): gives, at any offset, the bytes of the image that unpacking
// yields. Reading onwards is cheap; reading the payload backwards unpacks it again from its beginning.
#ifndef UPDRAFT_BOOT_UNPACK_H
#define UPDRAFT_BOOT_UNPACK_H

#include "updraft_image.h"

#if UPDRAFT_COMPRESSION

#include <heatshrink_decoder.h>

struct boot_unpack {
    struct updraft_reader stored; // the packed image, decrypted
    void (*feed)(void);
    uint32_t begin, packed_size; // of the packed payload
    uint32_t protected_begin, plain_begin, end;
    uint32_t unpacked_size; // of the payload
    uint32_t protected_size, plain_size;
    struct updraft_tlv digest, signature; // of the unpacked image
    uint32_t taken, given;                // bytes of the packed and of the unpacked payload
    heatshrink_decoder decoder;           // with its window of 1 KB
};

// `image` is what updraft_image_open found in `stored`. UPDRAFT_ERROR_FORMAT unless it is packed as the image room
// packs.
enum updraft_status boot_unpack_open(struct boot_unpack *unpack, const struct updraft_reader *stored,
                                     const struct updraft_image *image, void (*feed)(void));

// UPDRAFT_ERROR_FORMAT where the packed payload ends too early.
enum updraft_status boot_unpack_read(struct boot_unpack *unpack, uint32_t offset, uint8_t *data, uint32_t length);

#else

struct boot_unpack {
    uint8_t none;
};

static inline enum updraft_status boot_unpack_open(struct boot_unpack *unpack, const struct updraft_reader *stored,
                                                   const struct updraft_image *image, void (*feed)(void)) {
    (void)unpack;
    (void)stored;
    (void)image;
    (void)feed;
    return UPDRAFT_ERROR_FORMAT;
}

static inline enum updraft_status boot_unpack_read(struct boot_unpack *unpack, uint32_t offset, uint8_t *data,
                                                   uint32_t length) {
    (void)unpack;
    (void)offset;
    (void)data;
    (void)length;
    return UPDRAFT_ERROR_FORMAT;
}

#endif
#endif
