#include "check.h"

#include <stddef.h>
#include <string.h>

#include "boot.h"
#include "updraft_bytes.h"
#include "updraft_digest.h"

enum {
    INFO_PROTECTED = 0x6908,
    INFO_PLAIN = 0x6907,
    INFO_SIZE = 4,          // u16 magic, u16 size of the area with this
    VECTORS = 8,            // bytes of the vector table that are looked at
    TLV_HEAD = 4,           // u16 type, u16 length
    SPKI_SIZE = 91,         // bytes of SubjectPublicKeyInfo for P-256; ends with X || Y
    SIGNATURE_MOST = 72,    // bytes of SEQUENCE { INTEGER r, INTEGER s } for P-256
    VALUE_MOST = SPKI_SIZE, // of the TLVs that are looked at
};

// TLVs of which the first counts.
enum {
    HAS_COUNTER = 1,
    HAS_BOARD = 2,
    HAS_DEPENDENCY = 4,
    HAS_DIGEST = 8,
    HAS_KEY = 16,
    HAS_SIGNATURE = 32,
    IS_PACKED = 64
};

// A reading under way: each byte is read once, in order. What is read goes into boot->buffer and never onto the stack:
// there a fault could take it for a return address.
struct pass {
    struct boot *boot;
    const struct updraft_reader *from;
    struct updraft_digest digest;
    uint8_t named[32]; // the digest that the image says it has
    uint32_t at;
};

static enum updraft_status take(struct pass *pass, void *data, uint32_t length) {
    if (length > pass->from->size - pass->at)
        return UPDRAFT_ERROR_FORMAT;
    enum updraft_status status = pass->from->read(pass->from->context, pass->at, data, length);
    if (status == UPDRAFT_OK)
        updraft_digest_add(&pass->digest, data, length);
    pass->at += length;
    return status;
}

static enum updraft_status pass_over(struct pass *pass, uint32_t length) {
    struct boot *boot = pass->boot;
    enum updraft_status status = UPDRAFT_OK;
    while (length > 0 && status == UPDRAFT_OK) {
        uint32_t part = BOOT_PIECE - pass->at % BOOT_PIECE; // sectors of a card, blocks of a cipher
        part = part < length ? part : length;
        status = take(pass, boot->buffer, part);
        length -= part;
        boot->platform->feed();
    }
    return status;
}

static enum updraft_status take_header(struct pass *pass, uint32_t *protected_size) {
    struct boot_image *image = &pass->boot->image;
    const uint8_t *head = pass->boot->buffer;
    enum updraft_status status = take(pass, pass->boot->buffer, UPDRAFT_IMAGE_HEADER);
    if (status != UPDRAFT_OK)
        return status;
    image->header_size = updraft_u16(head + 8);
    *protected_size = updraft_u16(head + 10);
    image->payload_size = updraft_u32(head + 12);
    image->flags = updraft_u32(head + 16);
    image->version = (struct updraft_version){head[20], head[21], updraft_u16(head + 22), updraft_u32(head + 24)};
    if (updraft_u32(head) != UPDRAFT_IMAGE_MAGIC || image->header_size < UPDRAFT_IMAGE_HEADER ||
        image->payload_size < VECTORS || image->header_size > pass->from->size ||
        image->payload_size > pass->from->size - image->header_size)
        return UPDRAFT_ERROR_FORMAT;
    status = pass_over(pass, image->header_size - UPDRAFT_IMAGE_HEADER);
    if (status == UPDRAFT_OK)
        status = take(pass, pass->boot->buffer, VECTORS);
    image->stack = updraft_u32(head);
    image->entry = updraft_u32(head + 4);
    return status == UPDRAFT_OK ? pass_over(pass, image->payload_size - VECTORS) : status;
}

static void note_key(struct pass *pass, const uint8_t *name, uint32_t length) {
    const struct boot_platform *platform = pass->boot->platform;
    for (uint8_t i = 0; i < platform->key_count; i++) {
        const struct boot_key *key = &platform->keys[i];
        if (length == 32 ? memcmp(name, key->hash, 32) == 0 : memcmp(name + SPKI_SIZE - 64, key->point, 64) == 0)
            pass->boot->image.key = key;
    }
}

// Which TLV this is, and how long it must be; 0: one that is passed over.
static uint32_t kind_of(uint32_t type, bool is_protected, uint32_t length) {
    if (is_protected)
        return type == UPDRAFT_TLV_COUNTER       ? HAS_COUNTER
               : type == UPDRAFT_TLV_BOARD       ? HAS_BOARD
               : type == UPDRAFT_TLV_DEPENDENCY  ? HAS_DEPENDENCY
               : type == UPDRAFT_TLV_COMPRESSION ? IS_PACKED
                                                 : 0;
    return type == UPDRAFT_TLV_SHA256                          ? HAS_DIGEST
           : type == UPDRAFT_TLV_ECDSA                         ? HAS_SIGNATURE
           : type == UPDRAFT_TLV_KEYHASH && length == 32       ? HAS_KEY
           : type == UPDRAFT_TLV_PUBKEY && length == SPKI_SIZE ? HAS_KEY
                                                               : 0;
}

static enum updraft_status note(struct pass *pass, uint32_t kind, const uint8_t *value, uint32_t length) {
    struct boot_image *image = &pass->boot->image;
    const char *board = pass->boot->layout->board;
    switch (kind) {
    case HAS_COUNTER: image->counter = updraft_u32(value); return length == 4 ? UPDRAFT_OK : UPDRAFT_ERROR_FORMAT;
    case HAS_BOARD: image->board_is_right = length == strlen(board) && memcmp(value, board, length) == 0; break;
    case HAS_DEPENDENCY:
        image->least = (struct updraft_version){value[4], value[5], updraft_u16(value + 6), updraft_u32(value + 8)};
        if (value[0] != 0) // on an image that this chip does not have
            memset(&image->least, 0xff, sizeof image->least);
        return length == 12 ? UPDRAFT_OK : UPDRAFT_ERROR_FORMAT;
    case HAS_DIGEST:
        memcpy(pass->named, value, sizeof pass->named);
        return length == sizeof pass->named ? UPDRAFT_OK : UPDRAFT_ERROR_FORMAT;
    case HAS_KEY: note_key(pass, value, length); break;
    case HAS_SIGNATURE:
        if (!boot_parse_signature(value, length <= SIGNATURE_MOST ? length : 0, image->signature))
            memset(image->signature, 0, sizeof image->signature); // which is none
        break;
    default: break;
    }
    return UPDRAFT_OK;
}

static enum updraft_status take_tlv(struct pass *pass, bool is_protected, uint32_t type, uint32_t length) {
    struct boot_image *image = &pass->boot->image;
    uint8_t *value = pass->boot->buffer;
    uint32_t kind = kind_of(type, is_protected, length);
    if ((image->found & kind) != 0)
        kind = 0;
    image->found |= kind;
    uint32_t part = kind == 0 ? 0 : length < VALUE_MOST ? length : VALUE_MOST;
    memset(value, 0, VALUE_MOST);
    enum updraft_status status = take(pass, value, part);
    if (status == UPDRAFT_OK)
        status = note(pass, kind, value, length);
    return status == UPDRAFT_OK ? pass_over(pass, length - part) : status;
}

// One TLV area; its size must be `expected` unless that is 0.
static enum updraft_status take_area(struct pass *pass, uint32_t magic, uint32_t expected) {
    const uint8_t *head = pass->boot->buffer;
    enum updraft_status status = take(pass, pass->boot->buffer, INFO_SIZE);
    uint32_t size = updraft_u16(head + 2), left = size - INFO_SIZE;
    if (status != UPDRAFT_OK)
        return status;
    if (updraft_u16(head) != magic || size < INFO_SIZE || left > pass->from->size - pass->at ||
        (expected != 0 && size != expected))
        return UPDRAFT_ERROR_FORMAT;
    for (uint32_t end = pass->at + left; pass->at < end && status == UPDRAFT_OK;) {
        if (end - pass->at < TLV_HEAD)
            return UPDRAFT_ERROR_FORMAT;
        status = take(pass, pass->boot->buffer, TLV_HEAD);
        uint32_t length = updraft_u16(head + 2);
        if (status == UPDRAFT_OK && length > end - pass->at)
            return UPDRAFT_ERROR_FORMAT;
        if (status == UPDRAFT_OK)
            status = take_tlv(pass, magic == INFO_PROTECTED, updraft_u16(head), length);
    }
    return status;
}

static enum updraft_status take_all(struct pass *pass) {
    struct boot_image *image = &pass->boot->image;
    uint32_t protected_size = 0;
    enum updraft_status status = take_header(pass, &protected_size);
    if (status == UPDRAFT_OK && protected_size != 0)
        status = take_area(pass, INFO_PROTECTED, protected_size);
    if (status != UPDRAFT_OK)
        return status;
    image->hashed_size = pass->at;
    updraft_digest_end(&pass->digest, image->digest);
    updraft_digest_begin(&pass->digest);
    status = take_area(pass, INFO_PLAIN, 0);
    image->total_size = pass->at;
    if (status == UPDRAFT_OK && (image->found & HAS_DIGEST) == 0)
        status = UPDRAFT_ERROR_FORMAT;
    return status;
}

static bool is_signed(struct boot *boot) {
    struct boot_image *image = &boot->image;
    if (image->key == NULL || (image->key->limit != 0 && image->counter >= image->key->limit))
        return false;
    return boot_is_signature(image->signature, image->key->point, image->digest, &image->proof) == 1;
}

static enum updraft_status check_what_it_is(const struct boot *boot) {
    const struct boot_image *image = &boot->image;
    const struct updraft_layout *layout = boot->layout;
    if (image->header_size != layout->header_size || (image->flags & UPDRAFT_FLAG_NON_BOOTABLE) != 0 ||
        (image->found & IS_PACKED) != 0) // what a view gives is unpacked
        return UPDRAFT_ERROR_FORMAT;
    if (image->total_size > layout->running.size)
        return UPDRAFT_ERROR_TOO_LARGE;
    if (!image->board_is_right)
        return UPDRAFT_ERROR_BOARD;
    if (image->counter < boot->log.state.counter)
        return UPDRAFT_ERROR_COUNTER;
    return boot->platform->can_start(image->stack, image->entry, layout->running.address + image->header_size,
                                     image->payload_size)
               ? UPDRAFT_OK
               : UPDRAFT_ERROR_FORMAT;
}

// Of its own frame: SHA-256 needs one, and the curve another.
static BOOT_OWN_FRAME enum updraft_status check_digest(struct boot *boot, const struct updraft_reader *reader) {
    struct pass pass = {.boot = boot, .from = reader};
    updraft_digest_begin(&pass.digest);
    enum updraft_status status = take_all(&pass);
    updraft_digest_end(&pass.digest, boot->image.seen);
    for (unsigned i = 0; i < sizeof boot->image.seen; i++)
        boot->image.seen[i] ^= boot->image.digest[i];
    if (status != UPDRAFT_OK)
        return status;
    return updraft_digest_equal(pass.named, boot->image.digest) ? UPDRAFT_OK : UPDRAFT_ERROR_DIGEST;
}

enum updraft_status boot_check_image(struct boot *boot, const struct updraft_reader *reader, enum boot_form form) {
    struct boot_image *image = &boot->image;
    memset(image, 0, sizeof *image);
    image->valid = BOOT_NOT_VALID;
    image->board_is_right = true; // one that names no board (imgtool's do not) is for any
    enum updraft_status status = check_digest(boot, reader);
    if (status == UPDRAFT_OK && !is_signed(boot))
        status = UPDRAFT_ERROR_SIGNATURE;
    if (status == UPDRAFT_OK && form == BOOT_AS_IT_RUNS)
        status = check_what_it_is(boot);
    if (status == UPDRAFT_OK) {
        image->valid = BOOT_VALID;
        image->not_valid = ~BOOT_VALID;
    }
    return status;
}

bool boot_may_follow(const struct boot_image *image, const struct updraft_version *running) {
    return !updraft_version_below(running, &image->least);
}

bool boot_is_valid(struct boot *boot) {
    const volatile struct boot_image *image = &boot->image;
    return image->valid == BOOT_VALID && image->not_valid == ~BOOT_VALID && is_signed(boot);
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
