#include "verify.h"

#include <stddef.h>
#include <string.h>

#include "signature.h"
#include "updraft_bytes.h"
#include "updraft_digest.h"

static enum updraft_status check_shape(const struct boot *boot, const struct updraft_image *image) {
    if (image->header_size != boot->layout->header_size || image->payload_size < 8)
        return UPDRAFT_ERROR_FORMAT;
    if ((image->flags & UPDRAFT_FLAG_NON_BOOTABLE) != 0 || image->compression.offset != 0)
        return UPDRAFT_ERROR_FORMAT; // what a view gives is unpacked
    return image->total_size <= boot->layout->running.size ? UPDRAFT_OK : UPDRAFT_ERROR_TOO_LARGE;
}

// An image that names no board (imgtool's do not) is for any.
static enum updraft_status check_board(const struct boot *boot, const struct updraft_reader *reader,
                                       const struct updraft_image *image) {
    const char *board = boot->layout->board;
    char name[32];
    if (image->board.offset == 0)
        return UPDRAFT_OK;
    if (image->board.length != strlen(board) || image->board.length > sizeof name)
        return UPDRAFT_ERROR_BOARD;
    enum updraft_status status = updraft_image_tlv(reader, &image->board, name, image->board.length);
    if (status != UPDRAFT_OK)
        return status;
    return memcmp(name, board, image->board.length) == 0 ? UPDRAFT_OK : UPDRAFT_ERROR_BOARD;
}

// There is one image on the chip, number 0: a dependency on it says from which version on this one can be installed.
static enum updraft_status check_dependency(const struct updraft_reader *reader, const struct updraft_image *image,
                                            const struct updraft_version *running) {
    uint8_t bytes[12];
    if (image->dependency.offset == 0 || running == NULL)
        return UPDRAFT_OK;
    enum updraft_status status = updraft_image_tlv(reader, &image->dependency, bytes, sizeof bytes);
    if (status != UPDRAFT_OK)
        return status;
    struct updraft_version least = {bytes[4], bytes[5], updraft_u16(bytes + 6), updraft_u32(bytes + 8)};
    return bytes[0] == 0 && !updraft_version_below(running, &least) ? UPDRAFT_OK : UPDRAFT_ERROR_DEPENDENCY;
}

static enum updraft_status check_digest(struct boot *boot, const struct updraft_reader *reader,
                                        const struct updraft_image *image, uint8_t digest[32]) {
    uint8_t named[32];
    enum updraft_status status = updraft_image_tlv(reader, &image->digest, named, sizeof named);
    if (status == UPDRAFT_OK)
        status = updraft_image_digest(image, reader, boot->buffer, BOOT_PIECE, boot->platform->feed, digest);
    if (status != UPDRAFT_OK)
        return status;
    return updraft_digest_equal(named, digest) ? UPDRAFT_OK : UPDRAFT_ERROR_DIGEST;
}

enum updraft_status boot_verify(struct boot *boot, const struct updraft_reader *reader, struct updraft_image *image,
                                const struct updraft_version *running, uint8_t digest[32]) {
    enum updraft_status status = updraft_image_open(image, reader);
    if (status == UPDRAFT_OK)
        status = check_shape(boot, image);
    if (status == UPDRAFT_OK)
        status = check_board(boot, reader, image);
    if (status == UPDRAFT_OK && image->counter < boot->log.state.counter)
        status = UPDRAFT_ERROR_COUNTER;
    if (status == UPDRAFT_OK)
        status = check_dependency(reader, image, running);
    if (status == UPDRAFT_OK)
        status = check_digest(boot, reader, image, digest);
    if (status == UPDRAFT_OK)
        status = boot_check_signature(boot->platform, reader, image, digest);
    return status;
}

enum updraft_status boot_verify_packed(struct boot *boot, struct boot_view *view) {
    struct updraft_image image;
    uint8_t digest[32];
    if (!boot_view_is_packed(view))
        return UPDRAFT_OK;
    struct updraft_reader stored = boot_view_stored(view);
    enum updraft_status status = updraft_image_open(&image, &stored);
    if (status == UPDRAFT_OK)
        status = check_digest(boot, &stored, &image, digest);
    if (status == UPDRAFT_OK)
        status = boot_check_signature(boot->platform, &stored, &image, digest);
    return status;
}

enum updraft_status boot_verify_waiting(struct boot *boot, enum updraft_source source, uint8_t digest[32]) {
    struct updraft_image image;
    struct boot_view view;
    struct updraft_reader reader;
    enum updraft_status status = boot_view_open(&view, boot, source, BOOT_UPDATE, 0, &reader);
    if (status == UPDRAFT_OK)
        status = boot_verify_packed(boot, &view);
    return status == UPDRAFT_OK ? boot_verify(boot, &reader, &image, NULL, digest) : status;
}

bool boot_is(struct boot *boot, const struct updraft_reader *reader, const uint8_t digest[32]) {
    struct updraft_image image;
    uint8_t found[32];
    return updraft_image_open(&image, reader) == UPDRAFT_OK &&
           check_digest(boot, reader, &image, found) == UPDRAFT_OK && updraft_digest_equal(found, digest);
}

bool boot_may_start(struct boot *boot, const uint8_t digest[32]) {
    struct boot_view view;
    struct updraft_reader reader = boot_view_slot(&view, boot);
#if UPDRAFT_SIGNED_STARTS
    struct updraft_image image;
    uint8_t found[32];
    return boot_verify(boot, &reader, &image, NULL, found) == UPDRAFT_OK && updraft_digest_equal(found, digest);
#else
    return boot_is(boot, &reader, digest);
#endif
}

enum updraft_reason boot_reason(enum updraft_status status) {
    switch (status) {
    case UPDRAFT_ERROR_SIGNATURE:
    case UPDRAFT_ERROR_KEY: return UPDRAFT_REASON_SIGNATURE;
    case UPDRAFT_ERROR_DIGEST: return UPDRAFT_REASON_DIGEST;
    case UPDRAFT_ERROR_BOARD: return UPDRAFT_REASON_BOARD;
    case UPDRAFT_ERROR_COUNTER: return UPDRAFT_REASON_COUNTER;
    case UPDRAFT_ERROR_DEPENDENCY: return UPDRAFT_REASON_DEPENDENCY;
    case UPDRAFT_ERROR_TOO_LARGE: return UPDRAFT_REASON_TOO_LARGE;
    case UPDRAFT_ERROR_ABSENT: // the medium that the image is on
    case UPDRAFT_ERROR_READ:
    case UPDRAFT_ERROR_PROGRAM:
    case UPDRAFT_ERROR_ERASE: return UPDRAFT_REASON_FLASH;
    default: return UPDRAFT_REASON_MALFORMED;
    }
}
