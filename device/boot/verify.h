// Is this image one that may run here?
#ifndef UPDRAFT_BOOT_VERIFY_H
#define UPDRAFT_BOOT_VERIFY_H

#include "boot.h"

// Header, sizes, board, security counter, digest and signature. `running` is the version in the slot now, NULL when
// there is none; it is what a dependency is held against. On UPDRAFT_OK, `digest` is the image's.
enum updraft_status boot_verify(struct boot *boot, const struct updraft_reader *reader, struct updraft_image *image,
                                const struct updraft_version *running, uint8_t digest[32]);

// Only the digest: true if the bytes are the image known as `digest`.
bool boot_is(struct boot *boot, const struct updraft_reader *reader, const uint8_t digest[32]);

enum updraft_reason boot_reason(enum updraft_status status);

#endif
