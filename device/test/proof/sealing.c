#include "sealing.h"

#include <mbedtls/aes.h>
#include <mbedtls/sha256.h>
#include <p256-m.h>
#include <stdlib.h>
#include <string.h>

// RFC 2104 with a key of 32 bytes.
static void hmac(const uint8_t key[32], const uint8_t *text, uint32_t length, uint8_t out[32]) {
    uint8_t inner[64 + 128], outer[64 + 32];
    memset(inner, 0x36, 64);
    memset(outer, 0x5c, 64);
    for (int i = 0; i < 32; i++) {
        inner[i] ^= key[i];
        outer[i] ^= key[i];
    }
    memcpy(inner + 64, text, length);
    mbedtls_sha256(inner, 64 + length, outer + 64, 0);
    mbedtls_sha256(outer, sizeof outer, out, 0);
}

// RFC 5869: an AES key of 16 bytes, then one of 32 for the tag.
static void derive(const uint8_t secret[32], uint8_t out[64]) {
    uint8_t salt[32] = {0}, prk[32], text[32 + 16 + 1];
    hmac(salt, secret, 32, prk);
    memcpy(text + 32, "MCUBoot_ECIES_v1", 16);
    text[48] = 1;
    hmac(prk, text + 32, 17, out);
    memcpy(text, out, 32);
    text[48] = 2;
    hmac(prk, text, 49, out + 32);
}

void seal_payload(const uint8_t key[16], uint8_t *payload, uint32_t length) {
    mbedtls_aes_context aes;
    uint8_t counter[16] = {0}, stream[16];
    mbedtls_aes_init(&aes);
    mbedtls_aes_setkey_enc(&aes, key, 128);
    for (uint32_t at = 0; at < length; at++) {
        if (at % 16 == 0) {
            for (int i = 0; i < 4; i++)
                counter[15 - i] = (uint8_t)(at / 16 >> 8 * i);
            mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_ENCRYPT, counter, stream);
        }
        payload[at] ^= stream[at % 16];
    }
}

void seal_key(const uint8_t point[64], const uint8_t key[16], uint8_t sealed[SEALED_KEY]) {
    uint8_t ephemeral[32], secret[32], derived[64];
    sealed[0] = 4;
    if (p256_gen_keypair(ephemeral, sealed + 1) != P256_SUCCESS ||
        p256_ecdh_shared_secret(secret, ephemeral, point) != P256_SUCCESS)
        abort();
    derive(secret, derived);
    memcpy(sealed + 97, key, 16);
    seal_payload(derived, sealed + 97, 16);
    hmac(derived + 16, sealed + 97, 16, sealed + 65);
}
