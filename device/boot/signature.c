#include "signature.h"

#include <p256-m.h>
#include <stddef.h>
#include <string.h>

#define SIGNATURE_MOST 72 // bytes of SEQUENCE { INTEGER r, INTEGER s } for P-256
#define SPKI_SIZE 91      // bytes of SubjectPublicKeyInfo for P-256; ends with X || Y

// One DER INTEGER of at most 256 bits at *at, as 32 bytes big-endian; moves *at behind it.
static bool take_integer(const uint8_t **at, const uint8_t *end, uint8_t out[32]) {
    const uint8_t *byte = *at;
    if (end - byte < 2 || byte[0] != 0x02)
        return false;
    size_t length = byte[1];
    byte += 2;
    if (length == 0 || length > (size_t)(end - byte))
        return false;
    *at = byte + length;
    if (length > 1 && *byte == 0) { // keeps it positive
        byte++;
        length--;
    }
    if (length > 32)
        return false;
    memset(out, 0, 32);
    memcpy(out + 32 - length, byte, length);
    return true;
}

static bool take_signature(const uint8_t *der, uint16_t length, uint8_t out[64]) {
    const uint8_t *at = der + 2, *end = der + length;
    if (length < 8 || der[0] != 0x30 || der[1] != length - 2)
        return false;
    return take_integer(&at, end, out) && take_integer(&at, end, out + 32) && at == end;
}

// A rehearsal on emulated boards finds this function by its name and may answer for it (docs/design/rehearsal.md), so
// it stays one when the bootloader is optimised as a whole.
#if defined(__clang__)
#define ON_ITS_OWN __attribute__((noinline))
#else
#define ON_ITS_OWN __attribute__((noipa))
#endif
ON_ITS_OWN static bool boot_is_signature(const uint8_t signature[64], const uint8_t point[64],
                                         const uint8_t digest[32]) {
    return p256_ecdsa_verify(signature, point, digest, 32) == P256_SUCCESS;
}

static bool names_key(const struct updraft_reader *reader, const struct updraft_image *image,
                      const struct boot_key *key) {
    uint8_t bytes[SPKI_SIZE];
    if (updraft_image_tlv(reader, &image->key_hash, bytes, 32) == UPDRAFT_OK)
        return memcmp(bytes, key->hash, 32) == 0;
    if (updraft_image_tlv(reader, &image->public_key, bytes, SPKI_SIZE) == UPDRAFT_OK)
        return memcmp(bytes + SPKI_SIZE - 64, key->point, 64) == 0;
    return false;
}

enum updraft_status boot_check_signature(const struct boot_platform *platform, const struct updraft_reader *reader,
                                         const struct updraft_image *image, const uint8_t digest[32]) {
    uint8_t der[SIGNATURE_MOST], signature[64];
    if (image->signature.length > sizeof der)
        return UPDRAFT_ERROR_SIGNATURE;
    enum updraft_status status = updraft_image_tlv(reader, &image->signature, der, image->signature.length);
    if (status != UPDRAFT_OK)
        return status == UPDRAFT_ERROR_FORMAT ? UPDRAFT_ERROR_SIGNATURE : status;
    if (!take_signature(der, image->signature.length, signature))
        return UPDRAFT_ERROR_SIGNATURE;
    for (uint8_t i = 0; i < platform->key_count; i++) {
        const struct boot_key *key = &platform->keys[i];
        if (!names_key(reader, image, key) || (key->limit != 0 && image->counter >= key->limit))
            continue;
        platform->feed();
        if (boot_is_signature(signature, key->point, digest))
            return UPDRAFT_OK;
    }
    return UPDRAFT_ERROR_SIGNATURE;
}
