// Reads an image (docs/reference/image.md): header, TLVs, digest. Knows nothing of keys and slots.
// Every number from the image is checked before it is used; nothing outside [0, reader.size) is read.
#ifndef UPDRAFT_IMAGE_H
#define UPDRAFT_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "updraft_status.h"

#define UPDRAFT_IMAGE_MAGIC 0x96f3b83dU
#define UPDRAFT_IMAGE_HEADER 32 // bytes of the header proper; ih_hdr_size is larger

enum {
    UPDRAFT_FLAG_ENCRYPTED_AES128 = 0x4,
    UPDRAFT_FLAG_ENCRYPTED_AES256 = 0x8,
    UPDRAFT_FLAG_NON_BOOTABLE = 0x10,
};

enum {
    UPDRAFT_TLV_KEYHASH = 0x01,
    UPDRAFT_TLV_PUBKEY = 0x02,
    UPDRAFT_TLV_SHA256 = 0x10,
    UPDRAFT_TLV_ECDSA = 0x22,
    UPDRAFT_TLV_ENC_EC256 = 0x32,
    UPDRAFT_TLV_DEPENDENCY = 0x40,
    UPDRAFT_TLV_COUNTER = 0x50,
    UPDRAFT_TLV_BOARD = 0x55a0,
    UPDRAFT_TLV_COMPRESSION = 0x55a1,
    UPDRAFT_TLV_UNPACKED_DIGEST = 0x55a2,
    UPDRAFT_TLV_UNPACKED_SIGNATURE = 0x55a3,
};

// Where an image's bytes come from. offset counts from the image's first byte.
struct updraft_reader {
    void *context;
    enum updraft_status (*read)(void *context, uint32_t offset, void *data, uint32_t length);
    uint32_t size; // bytes that may be read
};

struct updraft_tlv {
    uint32_t offset; // of the payload; 0: absent
    uint16_t length;
};

struct updraft_version {
    uint8_t major, minor;
    uint16_t revision;
    uint32_t build;
};

struct updraft_image {
    uint32_t header_size;
    uint32_t payload_size;
    uint32_t flags;
    struct updraft_version version;
    uint32_t hashed_size; // header, payload, protected TLVs
    uint32_t total_size;  // all of it
    uint32_t counter;     // security counter; 0 when the image has none
    struct updraft_tlv digest, key_hash, public_key, signature, encryption, dependency, board;
    struct updraft_tlv compression, unpacked_digest, unpacked_signature;
};

// Reads header and TLVs. UPDRAFT_ERROR_FORMAT when they do not fit together.
enum updraft_status updraft_image_open(struct updraft_image *image, const struct updraft_reader *reader);

// Only how many bytes it takes, and its header's flags.
enum updraft_status updraft_image_size(const struct updraft_reader *reader, uint32_t *flags, uint32_t *size);

// SHA-256 over header, payload as the reader gives it, protected TLVs. `buffer` is work space of `size` bytes, at
// least 16. `feed` (may be NULL) is called now and then.
enum updraft_status updraft_image_digest(const struct updraft_image *image, const struct updraft_reader *reader,
                                         uint8_t *buffer, uint32_t size, void (*feed)(void), uint8_t out[32]);

// Copies the payload of a TLV that is exactly `length` bytes long; UPDRAFT_ERROR_FORMAT otherwise.
enum updraft_status updraft_image_tlv(const struct updraft_reader *reader, const struct updraft_tlv *tlv, void *data,
                                      uint16_t length);

// True when a is lower than b, build number left out as MCUboot does.
bool updraft_version_below(const struct updraft_version *a, const struct updraft_version *b);

#endif
