/* Workload: ECDSA on P-256 by p256-m (part of mbedTLS, whose source is fetched): one key pair and signature, then ROUNDS verifications. */
#include <p256-m.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>

#ifndef ROUNDS
#define ROUNDS 10
#endif

/* What p256-m wants of mbedTLS. Numbers that repeat are what a workload needs, and nothing else. */
psa_status_t psa_generate_random(uint8_t *output, size_t size) {
  static uint32_t state = 12345;
  for (size_t i = 0; i < size; i++) {
    state = state * 1664525 + 1013904223;
    output[i] = (uint8_t)(state >> 24);
  }
  return PSA_SUCCESS;
}

void mbedtls_platform_zeroize(void *memory, size_t size) {
  memset(memory, 0, size);
}

int main(void) {
  uint8_t private_key[32], public_key[64], signature[64], hash[32];
  for (int i = 0; i < 32; i++) {
    hash[i] = (uint8_t)(i * 7);
  }
  if (p256_gen_keypair(private_key, public_key) != P256_SUCCESS ||
      p256_ecdsa_sign(signature, private_key, hash, sizeof hash) != P256_SUCCESS) {
    return 1;
  }
  unsigned good = 0;
  for (int round = 0; round < ROUNDS; round++) {
    good += p256_ecdsa_verify(signature, public_key, hash, sizeof hash) == P256_SUCCESS;
  }
  signature[5] ^= 1;
  good += p256_ecdsa_verify(signature, public_key, hash, sizeof hash) == P256_SUCCESS;
  printf("%u\n", good);
  return good == ROUNDS ? 0 : 1;
}
