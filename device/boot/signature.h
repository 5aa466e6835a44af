// ECDSA P-256 over an image's digest, with one of the bootloader's keys.
#ifndef UPDRAFT_BOOT_SIGNATURE_H
#define UPDRAFT_BOOT_SIGNATURE_H

#include "boot.h"

enum updraft_status boot_check_signature(const struct boot_platform *platform, const struct updraft_reader *reader,
                                         const struct updraft_image *image, const uint8_t digest[32]);

#endif
