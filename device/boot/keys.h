// The keys that were compiled in; see test/keys/keys.h for what the file that KEYS= names must define.
#ifndef UPDRAFT_BOOT_KEYS_H
#define UPDRAFT_BOOT_KEYS_H

#include "boot.h"

extern const struct boot_key boot_keys[];
extern const uint8_t boot_key_count;
extern const uint8_t *const boot_decryption_key;

#endif
