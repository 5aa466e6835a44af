// Opens encrypted images: AES-CTR whose key is wrapped by ECIES on P-256 (the MCUboot format, docs/reference/image.md).
// Any part of the payload can be opened on its own, so the walk decrypts on its way and can be resumed anywhere.
#ifndef UPDRAFT_BOOT_DECRYPT_H
#define UPDRAFT_BOOT_DECRYPT_H

#include "updraft_image.h"

#if UPDRAFT_ENCRYPTION

#include <mbedtls/aes.h>

struct boot_cipher {
    mbedtls_aes_context aes;
    uint32_t begin, end; // of the payload in the image; both 0: the image is not encrypted
};

// Unwraps the image's key with `scalar` (32 bytes). UPDRAFT_ERROR_KEY when it is not for us.
enum updraft_status boot_cipher_open(struct boot_cipher *cipher, const uint8_t *scalar,
                                     const struct updraft_reader *reader, const struct updraft_image *image);

// Opens `length` bytes that stand at `offset` of the image, in place; what is not payload stays as it is.
void boot_cipher_apply(struct boot_cipher *cipher, uint32_t offset, uint8_t *data, uint32_t length);

#else

struct boot_cipher {
    uint8_t none;
};

static inline enum updraft_status boot_cipher_open(struct boot_cipher *cipher, const uint8_t *scalar,
                                                   const struct updraft_reader *reader,
                                                   const struct updraft_image *image) {
    (void)cipher;
    (void)scalar;
    (void)reader;
    uint32_t encrypted = UPDRAFT_FLAG_ENCRYPTED_AES128 | UPDRAFT_FLAG_ENCRYPTED_AES256;
    return (image->flags & encrypted) == 0 ? UPDRAFT_OK : UPDRAFT_ERROR_KEY;
}

static inline void boot_cipher_apply(struct boot_cipher *cipher, uint32_t offset, uint8_t *data, uint32_t length) {
    (void)cipher;
    (void)offset;
    (void)data;
    (void)length;
}

#endif
#endif
