// A look at what is staged, before a reset that would lead nowhere. The bootloader checks all of it again, and the
// signature.
#ifndef UPDRAFT_STAGED_H
#define UPDRAFT_STAGED_H

#include "updraft_protocol.h"
#include "updraft_staging.h"

// UPDRAFT_REASON_NONE: it may be installed. A reason about the image is given only when the staged file, read anew,
// still has the offered SHA-256: else it is UPDRAFT_REASON_FLASH, and the memory's fault. `feed` (or NULL) is called
// meanwhile.
enum updraft_reason updraft_staged_verdict(const struct updraft_staging *staging, const struct updraft_offer *offer,
                                           const char *board, uint8_t *buffer, size_t buffer_size, void (*feed)(void));

// The verdict about the image's own bytes alone, whatever was offered; `named` becomes the digest of the image as it
// runs where there is one.
enum updraft_reason updraft_staged_image(const struct updraft_staging *staging, uint32_t size, const char *board,
                                         uint8_t *buffer, size_t buffer_size, void (*feed)(void), uint8_t named[32]);

// Whether the staged file, read anew, has this SHA-256.
bool updraft_staged_reads_as(const struct updraft_staging *staging, uint32_t size, const uint8_t sha256[32],
                             uint8_t *buffer, size_t buffer_size, void (*feed)(void));

#endif
