// The keys that were compiled in; see test/keys/keys.h for what the file that KEYS= names must define.
#ifndef UPDRAFT_BOOT_KEYS_H
#define UPDRAFT_BOOT_KEYS_H

#include UPDRAFT_KEYS

#include "boot.h"

extern const struct boot_key boot_keys[UPDRAFT_PUBLIC_KEY_COUNT];

#ifdef UPDRAFT_DECRYPTION_KEY
extern const uint8_t boot_decryption_key[32];
#else
#define boot_decryption_key NULL
#endif

#endif
