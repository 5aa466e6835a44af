#include "updraft_staged.h"

#include "updraft_digest.h"
#include "updraft_image.h"

#include <string.h>

static enum updraft_status read_staged(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct updraft_staging *staging = context;
    return staging->read(staging->context, offset, data, length) ? UPDRAFT_OK : UPDRAFT_ERROR_READ;
}

static bool is_for_board(const struct updraft_reader *reader, const struct updraft_image *image, const char *own) {
    char board[33] = {0};
    return image->board.offset == 0 ||
           (image->board.length == strlen(own) && image->board.length < sizeof board &&
            updraft_image_tlv(reader, &image->board, board, image->board.length) == UPDRAFT_OK &&
            strcmp(board, own) == 0);
}

enum updraft_reason updraft_staged_image(const struct updraft_staging *staging, uint32_t size, const char *board,
                                         uint8_t *buffer, size_t buffer_size, void (*feed)(void), uint8_t named[32]) {
    struct updraft_reader staged = {.context = (void *)(uintptr_t)staging, .read = read_staged, .size = size};
    const struct updraft_reader *reader = &staged;
    struct updraft_image image;
    uint8_t digest[32], computed[32];
    if (updraft_image_open(&image, reader) != UPDRAFT_OK) {
        return UPDRAFT_REASON_MALFORMED;
    }
    if (!is_for_board(reader, &image, board)) {
        return UPDRAFT_REASON_BOARD;
    }
    bool packed = image.compression.offset != 0;
    if (updraft_image_tlv(reader, packed ? &image.unpacked_digest : &image.digest, named, sizeof digest) !=
        UPDRAFT_OK) {
        return UPDRAFT_REASON_MALFORMED;
    }
    if ((image.flags & (UPDRAFT_FLAG_ENCRYPTED_AES128 | UPDRAFT_FLAG_ENCRYPTED_AES256)) != 0) {
        return UPDRAFT_REASON_NONE; // the digest is that of the plaintext, which only the bootloader can read
    }
    if (updraft_image_tlv(reader, &image.digest, digest, sizeof digest) != UPDRAFT_OK ||
        updraft_image_digest(&image, reader, buffer, (uint32_t)buffer_size, feed, computed) != UPDRAFT_OK) {
        return UPDRAFT_REASON_MALFORMED;
    }
    return memcmp(digest, computed, sizeof digest) == 0 ? UPDRAFT_REASON_NONE : UPDRAFT_REASON_DIGEST;
}

bool updraft_staged_reads_as(const struct updraft_staging *staging, uint32_t size, const uint8_t wanted[32],
                             uint8_t *buffer, size_t buffer_size, void (*feed)(void)) {
    struct updraft_digest digest;
    uint8_t sha256[32];
    updraft_digest_begin(&digest);
    for (uint32_t at = 0; at < size;) {
        uint32_t part = size - at < buffer_size ? size - at : (uint32_t)buffer_size;
        if (!staging->read(staging->context, at, buffer, part)) {
            return false;
        }
        updraft_digest_add(&digest, buffer, part);
        at += part;
        if (feed != NULL) {
            feed();
        }
    }
    updraft_digest_end(&digest, sha256);
    return memcmp(sha256, wanted, sizeof sha256) == 0;
}

enum updraft_reason updraft_staged_verdict(const struct updraft_staging *staging, const struct updraft_offer *offer,
                                           const char *board, uint8_t *buffer, size_t buffer_size, void (*feed)(void)) {
    uint8_t digest[32];
    enum updraft_reason reason = updraft_staged_image(staging, offer->size, board, buffer, buffer_size, feed, digest);
    if (reason == UPDRAFT_REASON_NONE && memcmp(digest, offer->digest, sizeof digest) != 0) {
        reason = UPDRAFT_REASON_DIGEST;
    }
    bool staged = reason == UPDRAFT_REASON_NONE ||
                  updraft_staged_reads_as(staging, offer->size, offer->sha256, buffer, buffer_size, feed);
    return staged ? reason : UPDRAFT_REASON_FLASH;
}
