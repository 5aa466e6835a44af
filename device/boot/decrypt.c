#include "decrypt.h"

#if UPDRAFT_ENCRYPTION

#include <p256-m.h>
#include <string.h>

#include "updraft_digest.h"

#define POINT_SIZE 65 // 0x04 || X || Y of the ephemeral key
#define TAG_SIZE 32
#define KEY_MOST 32

static const char info[16] = "MCUBoot_ECIES_v1";

// HMAC-SHA-256 (RFC 2104) over up to two parts, with a key of 32 bytes.
static void hmac(const uint8_t key[32], const void *first, uint32_t first_length, const void *second,
                 uint32_t second_length, uint8_t out[32]) {
    struct updraft_digest digest;
    uint8_t pad[64];
    memset(pad, 0x36, sizeof pad);
    for (int i = 0; i < 32; i++)
        pad[i] ^= key[i];
    updraft_digest_begin(&digest);
    updraft_digest_add(&digest, pad, sizeof pad);
    updraft_digest_add(&digest, first, first_length);
    updraft_digest_add(&digest, second, second_length);
    updraft_digest_end(&digest, out);
    for (int i = 0; i < 64; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    updraft_digest_begin(&digest);
    updraft_digest_add(&digest, pad, sizeof pad);
    updraft_digest_add(&digest, out, 32);
    updraft_digest_end(&digest, out);
}

// HKDF (RFC 5869) with a salt of zeros, 64 bytes of output.
static void derive(const uint8_t secret[32], uint8_t out[64]) {
    static const uint8_t zeros[32];
    uint8_t prk[32], block[32 + sizeof info];
    uint8_t counter = 1;
    hmac(zeros, secret, 32, NULL, 0, prk);
    hmac(prk, info, sizeof info, &counter, 1, out);
    memcpy(block, out, 32);
    memcpy(block + 32, info, sizeof info);
    counter = 2;
    hmac(prk, block, sizeof block, &counter, 1, out + 32);
}

static void count(uint8_t block[16], uint32_t index) {
    memset(block, 0, 16);
    for (int i = 15; i > 11; i--, index >>= 8)
        block[i] = (uint8_t)index;
}

static void apply(mbedtls_aes_context *aes, uint32_t position, uint8_t *data, uint32_t length) {
    uint8_t counter[16], stream[16];
    for (uint32_t i = 0; i < length; i++, position++) {
        if (i == 0 || position % 16 == 0) {
            count(counter, position / 16);
            (void)mbedtls_aes_crypt_ecb(aes, MBEDTLS_AES_ENCRYPT, counter, stream);
        }
        data[i] ^= stream[position % 16];
    }
}

// `wrapped` is ephemeral point, tag, wrapped key; leaves the key in its place.
static enum updraft_status unwrap(struct boot_cipher *cipher, const uint8_t *scalar, uint8_t *wrapped,
                                  uint32_t key_size) {
    uint8_t secret[32], derived[64], tag[TAG_SIZE];
    uint8_t *key = wrapped + POINT_SIZE + TAG_SIZE;
    if (wrapped[0] != 4 || p256_ecdh_shared_secret(secret, scalar, wrapped + 1) != P256_SUCCESS)
        return UPDRAFT_ERROR_KEY;
    derive(secret, derived);
    hmac(derived + key_size, key, key_size, NULL, 0, tag);
    if (!updraft_digest_equal(tag, wrapped + POINT_SIZE))
        return UPDRAFT_ERROR_KEY;
    (void)mbedtls_aes_setkey_enc(&cipher->aes, derived, key_size * 8);
    apply(&cipher->aes, 0, key, key_size);
    return UPDRAFT_OK;
}

enum updraft_status boot_cipher_open(struct boot_cipher *cipher, const uint8_t *scalar,
                                     const struct updraft_reader *reader, const struct updraft_image *image) {
    uint8_t wrapped[POINT_SIZE + TAG_SIZE + KEY_MOST];
    uint32_t key_size = image->flags & UPDRAFT_FLAG_ENCRYPTED_AES256 ? 32 : 16;
    cipher->begin = cipher->end = 0;
    if ((image->flags & (UPDRAFT_FLAG_ENCRYPTED_AES128 | UPDRAFT_FLAG_ENCRYPTED_AES256)) == 0)
        return UPDRAFT_OK;
    enum updraft_status status =
        updraft_image_tlv(reader, &image->encryption, wrapped, (uint16_t)(POINT_SIZE + TAG_SIZE + key_size));
    if (status == UPDRAFT_OK)
        status = scalar == NULL ? UPDRAFT_ERROR_KEY : unwrap(cipher, scalar, wrapped, key_size);
    if (status != UPDRAFT_OK)
        return status;
    (void)mbedtls_aes_setkey_enc(&cipher->aes, wrapped + POINT_SIZE + TAG_SIZE, key_size * 8);
    memset(wrapped, 0, sizeof wrapped);
    cipher->begin = image->header_size;
    cipher->end = image->header_size + image->payload_size;
    return UPDRAFT_OK;
}

void boot_cipher_apply(struct boot_cipher *cipher, uint32_t offset, uint8_t *data, uint32_t length) {
    uint32_t end = offset + length < cipher->end ? offset + length : cipher->end;
    uint32_t begin = offset > cipher->begin ? offset : cipher->begin;
    if (begin < end)
        apply(&cipher->aes, begin - cipher->begin, data + (begin - offset), end - begin);
}

#endif
