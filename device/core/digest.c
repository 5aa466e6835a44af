#include "updraft_digest.h"

void updraft_digest_begin(struct updraft_digest *digest) {
    mbedtls_sha256_init(&digest->sha);
    (void)mbedtls_sha256_starts(&digest->sha, 0); // fails only for an unknown variant
}

void updraft_digest_add(struct updraft_digest *digest, const void *data, uint32_t length) {
    (void)mbedtls_sha256_update(&digest->sha, data, length);
}

void updraft_digest_end(struct updraft_digest *digest, uint8_t out[32]) {
    (void)mbedtls_sha256_finish(&digest->sha, out);
}

bool updraft_digest_equal(const uint8_t a[32], const uint8_t b[32]) {
    uint8_t difference = 0;
    for (int i = 0; i < 32; i++)
        difference |= a[i] ^ b[i];
    return difference == 0;
}
