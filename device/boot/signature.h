// ECDSA P-256 over an image's digest.
#ifndef UPDRAFT_BOOT_SIGNATURE_H
#define UPDRAFT_BOOT_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

// What the curve gave for a digest, kept so that the answer can be asked for twice and is worked out once.
struct boot_proof {
    uint8_t digest[32];
    uint8_t r[32];
};

// SEQUENCE { INTEGER r, INTEGER s } as 64 bytes, big-endian. False where it is not that.
bool boot_parse_signature(const uint8_t *der, uint32_t length, uint8_t signature[64]);

// Is this a signature of the key over the digest? 1 or 0; anything else is a fault. Asked once more with the same proof
// it compares again, and works nothing out.
uint32_t boot_is_signature(const uint8_t signature[64], const uint8_t point[64], const uint8_t digest[32],
                           struct boot_proof *proof);

// The r that a signature over this digest would have: equal to the signature's own if it is one.
void boot_curve(uint8_t r_found[32], const uint8_t signature[64], const uint8_t point[64], const uint8_t digest[32]);

#endif
