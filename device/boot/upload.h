// Taking an image in: what arrives goes into staging; what waits somewhere is requested, once it verifies.
#ifndef UPDRAFT_BOOT_UPLOAD_H
#define UPDRAFT_BOOT_UPLOAD_H

#include "boot.h"

#define BOOT_UPLOAD_UNIT 32 // bytes: a multiple of every program unit

// The next `length` bytes of the image stand in boot->buffer, at `offset` of it: in order from 0 on, all but the last a
// multiple of BOOT_UPLOAD_UNIT. Erases each unit when its first byte comes. Overwrites the buffer behind `length`.
enum updraft_status boot_upload(struct boot *boot, uint32_t offset, uint32_t length);

// Staging is about to be overwritten, and nothing that stands there counts any more.
enum updraft_status boot_claim_staging(struct boot *boot);

// Verifies the image that waits at `source` and requests its installation. Where it does not verify, `digest` is its
// own if that could be told.
enum updraft_status boot_request_waiting(struct boot *boot, enum updraft_source source, uint8_t digest[32]);

// True while staging holds what the device may need to get going again, so that it must not be taken for something
// else.
bool boot_staging_is_needed(const struct boot *boot);

#endif
