// Writing an image into staging, for the ways in which the bootloader itself takes one in.
#ifndef UPDRAFT_BOOT_STAGE_H
#define UPDRAFT_BOOT_STAGE_H

#include "boot.h"

// The next `length` bytes of the image stand in boot->buffer, at `offset` of it: in order from 0 on, all but the last a
// multiple of every program unit. Erases each unit when its first byte comes. Overwrites the buffer behind `length`.
enum updraft_status boot_stage(struct boot *boot, uint32_t offset, uint32_t length);

// Staging is about to be overwritten and nothing that stands there counts any more.
enum updraft_status boot_claim_staging(struct boot *boot);

// Asks for the installation of an image that verified.
enum updraft_status boot_want(struct boot *boot, enum updraft_source source, const uint8_t digest[32]);

// True while staging holds what the device may need to get going again, so that it must not be taken for something
// else.
bool boot_staging_is_needed(const struct boot *boot);

#endif
