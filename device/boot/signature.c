#include "signature.h"

#include <stddef.h>
#include <string.h>

#include "updraft_digest.h"

// One DER INTEGER of at most 256 bits at *at, as 32 bytes big-endian; moves *at behind it.
static bool parse_integer(const uint8_t **at, const uint8_t *end, uint8_t out[32]) {
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

bool boot_parse_signature(const uint8_t *der, uint32_t length, uint8_t signature[64]) {
    const uint8_t *at = der + 2, *end = der + length;
    if (length < 8 || der[0] != 0x30 || der[1] != length - 2)
        return false;
    return parse_integer(&at, end, signature) && parse_integer(&at, end, signature + 32) && at == end;
}

// A rehearsal on emulated boards finds this function by its name and may answer for it (docs/design/rehearsal.md), so
// it stays one when the bootloader is optimised as a whole.
#if defined(__clang__)
#define ON_ITS_OWN __attribute__((noinline))
#else
#define ON_ITS_OWN __attribute__((noipa))
#endif
ON_ITS_OWN uint32_t boot_is_signature(const uint8_t signature[64], const uint8_t point[64], const uint8_t digest[32],
                                      struct boot_proof *proof) {
    if (!updraft_digest_equal(proof->digest, digest)) {
        memcpy(proof->digest, digest, sizeof proof->digest);
        boot_curve(proof->r, signature, point, digest);
    }
    return updraft_digest_equal(proof->r, signature);
}
