#include "unpack.h"

#if UPDRAFT_COMPRESSION

#include <string.h>

#include "updraft_bytes.h"

enum {
    HEATSHRINK = 1,
    PIECE = 32, // bytes taken from the packed payload at once
    HEAD = 4,
    TLVS_MOST = 2048, // bytes: bounds the time that an image's TLVs take, whoever made them
};

_Static_assert(PIECE <= HEATSHRINK_STATIC_INPUT_BUFFER_SIZE && PIECE % 16 == 0,
               "a piece fits, and is whole AES blocks");

// What is asked for of the bytes behind the payload, filled in as they are made one after the other.
struct tail {
    uint32_t at; // bytes made so far
    uint32_t offset, length;
    uint8_t *data;
};

static enum updraft_status read_stored(const struct boot_unpack *unpack, uint32_t offset, void *data, uint32_t length) {
    return unpack->stored.read(unpack->stored.context, offset, data, length);
}

// The part of the next `length` bytes that is asked for; false: none.
static bool overlap(const struct tail *tail, uint32_t length, uint32_t *from, uint32_t *part) {
    uint32_t begin = tail->at > tail->offset ? tail->at : tail->offset;
    uint32_t end = tail->at + length < tail->offset + tail->length ? tail->at + length : tail->offset + tail->length;
    *from = begin - tail->at;
    *part = end - begin;
    return begin < end;
}

static void add_head(struct tail *tail, uint32_t first, uint32_t second) {
    const uint8_t head[HEAD] = {(uint8_t)first, (uint8_t)(first >> 8), (uint8_t)second, (uint8_t)(second >> 8)};
    uint32_t from, part;
    if (overlap(tail, HEAD, &from, &part))
        memcpy(tail->data + (tail->at + from - tail->offset), head + from, part);
    tail->at += HEAD;
}

static enum updraft_status add_stored(const struct boot_unpack *unpack, struct tail *tail, uint32_t offset,
                                      uint32_t length) {
    uint32_t from, part;
    enum updraft_status status = UPDRAFT_OK;
    if (overlap(tail, length, &from, &part))
        status = read_stored(unpack, offset + from, tail->data + (tail->at + from - tail->offset), part);
    tail->at += length;
    return status;
}

static enum updraft_status add_tlv(const struct boot_unpack *unpack, struct tail *tail, uint32_t type,
                                   const struct updraft_tlv *payload) {
    add_head(tail, type, payload->length);
    return add_stored(unpack, tail, payload->offset, payload->length);
}

static bool about_packing(uint32_t type) {
    return type >= UPDRAFT_TLV_COMPRESSION && type <= UPDRAFT_TLV_UNPACKED_SIGNATURE;
}

// The TLVs between two offsets of the packed image, as the unpacked one has them. They fit together:
// updraft_image_open looked.
static enum updraft_status add_area(const struct boot_unpack *unpack, struct tail *tail, uint32_t at, uint32_t end) {
    bool is_protected = end == unpack->plain_begin;
    enum updraft_status status = UPDRAFT_OK;
    for (at += HEAD; at < end && status == UPDRAFT_OK;) {
        uint8_t head[HEAD];
        status = read_stored(unpack, at, head, HEAD);
        if (status != UPDRAFT_OK)
            break;
        uint32_t type = updraft_u16(head);
        const struct updraft_tlv own = {at + HEAD, updraft_u16(head + 2)};
        if (!is_protected && type == UPDRAFT_TLV_ECDSA)
            status = add_tlv(unpack, tail, type, &unpack->signature);
        else if (is_protected ? !about_packing(type) : type == UPDRAFT_TLV_KEYHASH || type == UPDRAFT_TLV_PUBKEY)
            status = add_tlv(unpack, tail, type, &own);
        at = own.offset + own.length;
    }
    return status;
}

static enum updraft_status add_all(const struct boot_unpack *unpack, struct tail *tail) {
    enum updraft_status status = UPDRAFT_OK;
    if (unpack->protected_size > 0) {
        add_head(tail, 0x6908, unpack->protected_size);
        status = add_area(unpack, tail, unpack->protected_begin, unpack->plain_begin);
    }
    add_head(tail, 0x6907, unpack->plain_size);
    if (status == UPDRAFT_OK)
        status = add_tlv(unpack, tail, UPDRAFT_TLV_SHA256, &unpack->digest);
    return status == UPDRAFT_OK ? add_area(unpack, tail, unpack->plain_begin, unpack->end) : status;
}

enum updraft_status boot_unpack_open(struct boot_unpack *unpack, const struct updraft_reader *stored,
                                     const struct updraft_image *image, void (*feed)(void)) {
    uint8_t how[8];
    enum updraft_status status = updraft_image_tlv(stored, &image->compression, how, sizeof how);
    if (status != UPDRAFT_OK)
        return status;
    if (how[0] != HEATSHRINK || how[1] != HEATSHRINK_STATIC_WINDOW_BITS || how[2] != HEATSHRINK_STATIC_LOOKAHEAD_BITS ||
        updraft_u32(how + 4) > INT32_MAX || image->unpacked_digest.length != 32 ||
        image->unpacked_signature.offset == 0 ||
        image->total_size - image->header_size - image->payload_size > TLVS_MOST)
        return UPDRAFT_ERROR_FORMAT;
    unpack->stored = *stored;
    unpack->feed = feed;
    unpack->begin = image->header_size;
    unpack->packed_size = image->payload_size;
    unpack->protected_begin = image->header_size + image->payload_size;
    unpack->plain_begin = image->hashed_size;
    unpack->end = image->total_size;
    unpack->unpacked_size = updraft_u32(how + 4);
    unpack->digest = image->unpacked_digest;
    unpack->signature = image->unpacked_signature;
    unpack->taken = unpack->given = 0;
    heatshrink_decoder_reset(&unpack->decoder);
    struct tail counted = {0}; // nothing asked for: it only counts
    status = add_area(unpack, &counted, unpack->protected_begin, unpack->plain_begin);
    unpack->protected_size = counted.at == 0 ? 0 : HEAD + counted.at;
    counted.at = 0;
    if (status == UPDRAFT_OK)
        status = add_area(unpack, &counted, unpack->plain_begin, unpack->end);
    unpack->plain_size = HEAD + HEAD + 32 + counted.at;
    return status;
}

// Gives the next bytes of the payload.
static enum updraft_status decode(struct boot_unpack *unpack, uint8_t *data, uint32_t length) {
    while (length > 0) {
        size_t got, sunk = 0;
        if (heatshrink_decoder_poll(&unpack->decoder, data, length, &got) < 0)
            return UPDRAFT_ERROR_FORMAT;
        unpack->given += got;
        data += got;
        length -= got;
        if (length == 0)
            break;
        uint8_t piece[PIECE];
        uint32_t left = unpack->packed_size - unpack->taken, part = left < PIECE ? left : PIECE;
        if (part == 0)
            return UPDRAFT_ERROR_FORMAT;
        enum updraft_status status = read_stored(unpack, unpack->begin + unpack->taken, piece, part);
        if (status != UPDRAFT_OK)
            return status;
        if (heatshrink_decoder_sink(&unpack->decoder, piece, part, &sunk) < 0 || sunk == 0)
            return UPDRAFT_ERROR_FORMAT;
        unpack->taken += sunk;
    }
    return UPDRAFT_OK;
}

static enum updraft_status read_payload(struct boot_unpack *unpack, uint32_t offset, uint8_t *data, uint32_t length) {
    enum updraft_status status = UPDRAFT_OK;
    if (offset < unpack->given) {
        unpack->taken = unpack->given = 0;
        heatshrink_decoder_reset(&unpack->decoder);
    }
    while (unpack->given < offset && status == UPDRAFT_OK) {
        uint8_t skipped[PIECE];
        uint32_t left = offset - unpack->given;
        status = decode(unpack, skipped, left < PIECE ? left : PIECE);
        unpack->feed();
    }
    return status == UPDRAFT_OK ? decode(unpack, data, length) : status;
}

static void put_u16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static enum updraft_status read_header(const struct boot_unpack *unpack, uint32_t offset, uint8_t *data,
                                       uint32_t length) {
    uint8_t head[UPDRAFT_IMAGE_HEADER];
    enum updraft_status status = read_stored(unpack, offset, data, length);
    if (status == UPDRAFT_OK && offset < sizeof head) {
        status = read_stored(unpack, 0, head, sizeof head);
        put_u16(head + 10, unpack->protected_size);
        put_u16(head + 12, unpack->unpacked_size);
        put_u16(head + 14, unpack->unpacked_size >> 16);
        head[16] &= (uint8_t)~UPDRAFT_FLAG_NON_BOOTABLE;
        memcpy(data, head + offset, length < sizeof head - offset ? length : sizeof head - offset);
    }
    return status;
}

enum updraft_status boot_unpack_read(struct boot_unpack *unpack, uint32_t offset, uint8_t *data, uint32_t length) {
    uint32_t payload_end = unpack->begin + unpack->unpacked_size;
    enum updraft_status status = UPDRAFT_OK;
    while (length > 0 && status == UPDRAFT_OK) {
        uint32_t end = offset < unpack->begin ? unpack->begin : offset < payload_end ? payload_end : UINT32_MAX;
        uint32_t part = end - offset < length ? end - offset : length;
        if (offset < unpack->begin) {
            status = read_header(unpack, offset, data, part);
        } else if (offset < payload_end) {
            status = read_payload(unpack, offset - unpack->begin, data, part);
        } else {
            struct tail tail = {.offset = offset - payload_end, .length = part, .data = data};
            status = add_all(unpack, &tail);
            if (status == UPDRAFT_OK && tail.at < tail.offset + part)
                status = UPDRAFT_ERROR_FORMAT; // behind the image's end
        }
        offset += part;
        data += part;
        length -= part;
    }
    return status;
}

#endif
