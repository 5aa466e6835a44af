// Encrypts for the proof, written from docs/reference/image.md without boot/'s decryption.
#ifndef UPDRAFT_SEALING_H
#define UPDRAFT_SEALING_H

#include <stdint.h>

enum { SEALED_KEY = 65 + 32 + 16 }; // ephemeral point, tag, wrapped key

// ECIES-P256: HKDF-SHA-256 with no salt and "MCUBoot_ECIES_v1", AES-128-CTR, HMAC-SHA-256. `point` is X || Y.
void seal_key(const uint8_t point[64], const uint8_t key[16], uint8_t sealed[SEALED_KEY]);

// AES-128-CTR from counter 0, in place.
void seal_payload(const uint8_t key[16], uint8_t *payload, uint32_t length);

#endif
