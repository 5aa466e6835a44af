// SHA-256, streaming; over mbedTLS.
#ifndef UPDRAFT_DIGEST_H
#define UPDRAFT_DIGEST_H

#include <mbedtls/sha256.h>
#include <stdbool.h>
#include <stdint.h>

struct updraft_digest {
    mbedtls_sha256_context sha;
};

void updraft_digest_begin(struct updraft_digest *digest);
void updraft_digest_add(struct updraft_digest *digest, const void *data, uint32_t length);
void updraft_digest_end(struct updraft_digest *digest, uint8_t out[32]);

// Takes the same time wherever they differ.
bool updraft_digest_equal(const uint8_t a[32], const uint8_t b[32]);

#endif
