#include "updraft_image.h"

#include <stddef.h>

#include "updraft_bytes.h"
#include "updraft_digest.h"

#define INFO_PROTECTED 0x6908U
#define INFO_PLAIN 0x6907U
#define INFO_SIZE 4U // u16 magic, u16 size of the area with this
#define TLV_HEAD 4U  // u16 type, u16 length

static enum updraft_status read_header(struct updraft_image *image, const struct updraft_reader *reader,
                                       uint32_t *protected_size) {
    uint8_t head[UPDRAFT_IMAGE_HEADER];
    if (reader->size < sizeof head)
        return UPDRAFT_ERROR_FORMAT;
    enum updraft_status status = reader->read(reader->context, 0, head, sizeof head);
    if (status != UPDRAFT_OK)
        return status;
    image->header_size = updraft_u16(head + 8);
    *protected_size = updraft_u16(head + 10);
    image->payload_size = updraft_u32(head + 12);
    image->flags = updraft_u32(head + 16);
    image->version.major = head[20];
    image->version.minor = head[21];
    image->version.revision = updraft_u16(head + 22);
    image->version.build = updraft_u32(head + 24);
    if (updraft_u32(head) != UPDRAFT_IMAGE_MAGIC || image->header_size < UPDRAFT_IMAGE_HEADER)
        return UPDRAFT_ERROR_FORMAT;
    if (image->header_size > reader->size || image->payload_size > reader->size - image->header_size)
        return UPDRAFT_ERROR_FORMAT;
    return UPDRAFT_OK;
}

static struct updraft_tlv *place(struct updraft_image *image, uint16_t type, bool protected_area) {
    if (protected_area) {
        switch (type) {
        case UPDRAFT_TLV_DEPENDENCY: return &image->dependency;
        case UPDRAFT_TLV_BOARD: return &image->board;
        case UPDRAFT_TLV_COMPRESSION: return &image->compression;
        case UPDRAFT_TLV_UNPACKED_DIGEST: return &image->unpacked_digest;
        case UPDRAFT_TLV_UNPACKED_SIGNATURE: return &image->unpacked_signature;
        default: return NULL;
        }
    }
    switch (type) {
    case UPDRAFT_TLV_SHA256: return &image->digest;
    case UPDRAFT_TLV_KEYHASH: return &image->key_hash;
    case UPDRAFT_TLV_PUBKEY: return &image->public_key;
    case UPDRAFT_TLV_ECDSA: return &image->signature;
    case UPDRAFT_TLV_ENC_EC256: return &image->encryption;
    default: return NULL;
    }
}

static enum updraft_status take_tlv(struct updraft_image *image, const struct updraft_reader *reader, uint16_t type,
                                    const struct updraft_tlv *found, bool protected_area) {
    if (protected_area && type == UPDRAFT_TLV_COUNTER) {
        uint8_t word[4];
        enum updraft_status status = updraft_image_tlv(reader, found, word, sizeof word);
        image->counter = updraft_u32(word);
        return status;
    }
    struct updraft_tlv *tlv = place(image, type, protected_area);
    if (tlv != NULL && tlv->offset == 0)
        *tlv = *found;
    return UPDRAFT_OK;
}

// Walks one TLV area that starts at `offset`; its size must be `expected` unless that is 0.
static enum updraft_status read_area(struct updraft_image *image, const struct updraft_reader *reader, uint32_t offset,
                                     uint16_t magic, uint32_t expected, uint32_t *end) {
    uint8_t head[4];
    if (reader->size - offset < INFO_SIZE)
        return UPDRAFT_ERROR_FORMAT;
    enum updraft_status status = reader->read(reader->context, offset, head, INFO_SIZE);
    if (status != UPDRAFT_OK)
        return status;
    uint32_t size = updraft_u16(head + 2);
    if (updraft_u16(head) != magic || size < INFO_SIZE || size > reader->size - offset ||
        (expected != 0 && size != expected))
        return UPDRAFT_ERROR_FORMAT;
    *end = offset + size;
    offset += INFO_SIZE;
    while (offset < *end) {
        if (*end - offset < TLV_HEAD)
            return UPDRAFT_ERROR_FORMAT;
        status = reader->read(reader->context, offset, head, TLV_HEAD);
        if (status != UPDRAFT_OK)
            return status;
        struct updraft_tlv found = {offset + TLV_HEAD, updraft_u16(head + 2)};
        if (found.length > *end - found.offset)
            return UPDRAFT_ERROR_FORMAT;
        status = take_tlv(image, reader, updraft_u16(head), &found, magic == INFO_PROTECTED);
        if (status != UPDRAFT_OK)
            return status;
        offset = found.offset + found.length;
    }
    return UPDRAFT_OK;
}

enum updraft_status updraft_image_open(struct updraft_image *image, const struct updraft_reader *reader) {
    uint32_t protected_size;
    *image = (struct updraft_image){0};
    enum updraft_status status = read_header(image, reader, &protected_size);
    if (status != UPDRAFT_OK)
        return status;
    uint32_t end = image->header_size + image->payload_size;
    if (protected_size != 0) {
        status = read_area(image, reader, end, INFO_PROTECTED, protected_size, &end);
        if (status != UPDRAFT_OK)
            return status;
    }
    image->hashed_size = end;
    status = read_area(image, reader, end, INFO_PLAIN, 0, &image->total_size);
    if (status != UPDRAFT_OK)
        return status;
    return image->digest.length == 32 ? UPDRAFT_OK : UPDRAFT_ERROR_FORMAT;
}

enum updraft_status updraft_image_size(const struct updraft_reader *reader, uint32_t *flags, uint32_t *size) {
    struct updraft_image image;
    uint32_t protected_size;
    uint8_t info[INFO_SIZE];
    *size = 0;
    enum updraft_status status = read_header(&image, reader, &protected_size);
    if (status != UPDRAFT_OK)
        return status;
    *flags = image.flags;
    uint32_t at = image.header_size + image.payload_size + protected_size;
    if (at > reader->size || reader->size - at < INFO_SIZE)
        return UPDRAFT_ERROR_FORMAT;
    status = reader->read(reader->context, at, info, INFO_SIZE);
    *size = at + updraft_u16(info + 2);
    return status == UPDRAFT_OK && *size > reader->size ? UPDRAFT_ERROR_FORMAT : status;
}

enum updraft_status updraft_image_digest(const struct updraft_image *image, const struct updraft_reader *reader,
                                         uint8_t *buffer, uint32_t size, void (*feed)(void), uint8_t out[32]) {
    struct updraft_digest digest;
    updraft_digest_begin(&digest);
    for (uint32_t offset = 0; offset < image->hashed_size;) {
        uint32_t length = image->hashed_size - offset < size ? image->hashed_size - offset : size;
        enum updraft_status status = reader->read(reader->context, offset, buffer, length);
        if (status != UPDRAFT_OK)
            return status;
        updraft_digest_add(&digest, buffer, length);
        offset += length;
        if (feed != NULL)
            feed();
    }
    updraft_digest_end(&digest, out);
    return UPDRAFT_OK;
}

enum updraft_status updraft_image_tlv(const struct updraft_reader *reader, const struct updraft_tlv *tlv, void *data,
                                      uint16_t length) {
    if (tlv->offset == 0 || tlv->length != length)
        return UPDRAFT_ERROR_FORMAT;
    return reader->read(reader->context, tlv->offset, data, length);
}

bool updraft_version_below(const struct updraft_version *a, const struct updraft_version *b) {
    if (a->major != b->major)
        return a->major < b->major;
    if (a->minor != b->minor)
        return a->minor < b->minor;
    return a->revision < b->revision;
}
