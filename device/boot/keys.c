#include "keys.h"

#ifndef UPDRAFT_PUBLIC_KEY_LIMITS
#define UPDRAFT_PUBLIC_KEY_LIMITS                                                                                      \
    { 0 }
#endif

_Static_assert(UPDRAFT_PUBLIC_KEY_COUNT >= 1 && UPDRAFT_PUBLIC_KEY_COUNT <= 4, "one to four public keys");

static const uint8_t points[UPDRAFT_PUBLIC_KEY_COUNT][64] = UPDRAFT_PUBLIC_KEYS;
static const uint8_t hashes[UPDRAFT_PUBLIC_KEY_COUNT][32] = UPDRAFT_PUBLIC_KEY_HASHES;
static const uint32_t limits[UPDRAFT_PUBLIC_KEY_COUNT] = UPDRAFT_PUBLIC_KEY_LIMITS;

#define KEY(i)                                                                                                         \
    { points[i], hashes[i], limits[i] }

const struct boot_key boot_keys[UPDRAFT_PUBLIC_KEY_COUNT] = {
    KEY(0),
#if UPDRAFT_PUBLIC_KEY_COUNT > 1
    KEY(1),
#endif
#if UPDRAFT_PUBLIC_KEY_COUNT > 2
    KEY(2),
#endif
#if UPDRAFT_PUBLIC_KEY_COUNT > 3
    KEY(3),
#endif
};

#ifdef UPDRAFT_DECRYPTION_KEY
const uint8_t boot_decryption_key[32] = UPDRAFT_DECRYPTION_KEY;
#endif
