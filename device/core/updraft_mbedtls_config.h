// mbedTLS as Updraft uses it: SHA-256 and AES in their smallest form, and p256-m; no PSA, no allocation.
#ifndef UPDRAFT_MBEDTLS_CONFIG_H
#define UPDRAFT_MBEDTLS_CONFIG_H

#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA256_SMALLER
#define MBEDTLS_AES_C
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES
#define MBEDTLS_BLOCK_CIPHER_NO_DECRYPT
#define MBEDTLS_PSA_P256M_DRIVER_ENABLED // p256-m.c compiles to nothing without it

#endif
