// Only mbedTLS's compression of one block is used: what is around it is smaller here.
#define MBEDTLS_ALLOW_PRIVATE_ACCESS
#include "updraft_digest.h"

#include <string.h>

enum { BLOCK = 64, LENGTH_SIZE = 8 };

// A rehearsal on emulated boards finds this function by its name and may answer for it, so it stays one when the
// bootloader is optimised as a whole: what is reached through here is not known to the compiler.
static int (*volatile const compress)(mbedtls_sha256_context *,
                                      const unsigned char *) = mbedtls_internal_sha256_process;

void updraft_digest_begin(struct updraft_digest *digest) {
    // FIPS 180-4, 5.3.3
    static const uint32_t initial[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memset(digest, 0, sizeof *digest);
    memcpy(digest->sha.state, initial, sizeof initial);
}

void updraft_digest_add(struct updraft_digest *digest, const void *data, uint32_t length) {
    const uint8_t *from = data;
    while (length > 0) {
        uint32_t filled = digest->sha.total[0] % BLOCK, part = BLOCK - filled;
        if (part > length)
            part = length;
        memcpy(digest->sha.buffer + filled, from, part);
        digest->sha.total[0] += part;
        from += part;
        length -= part;
        if (digest->sha.total[0] % BLOCK == 0)
            (void)compress(&digest->sha, digest->sha.buffer); // fails only with an accelerator
    }
}

void updraft_digest_end(struct updraft_digest *digest, uint8_t out[32]) {
    static const uint8_t padding[BLOCK] = {0x80};
    uint32_t size = digest->sha.total[0];
    const uint8_t bits[LENGTH_SIZE] = {0,
                                       0,
                                       0,
                                       (uint8_t)(size >> 29),
                                       (uint8_t)(size >> 21),
                                       (uint8_t)(size >> 13),
                                       (uint8_t)(size >> 5),
                                       (uint8_t)(size << 3)};
    updraft_digest_add(digest, padding, BLOCK - (size + LENGTH_SIZE) % BLOCK);
    updraft_digest_add(digest, bits, sizeof bits);
    for (int i = 0; i < 32; i++)
        out[i] = (uint8_t)(digest->sha.state[i / 4] >> (24 - i % 4 * 8));
}

bool updraft_digest_equal(const uint8_t a[32], const uint8_t b[32]) {
    uint8_t difference = 0;
    for (int i = 0; i < 32; i++)
        difference |= a[i] ^ b[i];
    return difference == 0;
}
