// Is this image one that may run here?
#ifndef UPDRAFT_BOOT_VERIFY_H
#define UPDRAFT_BOOT_VERIFY_H

#include "view.h"

// Header, sizes, board, security counter, digest and signature. `running` is the version in the slot now, NULL when
// there is none; it is what a dependency is held against. On UPDRAFT_OK, `digest` is the image's.
enum updraft_status boot_verify(struct boot *boot, const struct updraft_reader *reader, struct updraft_image *image,
                                const struct updraft_version *running, uint8_t digest[32]);

// Of an image that is packed: whether digest and signature of its packed form are right. Before that nothing of it is
// unpacked. UPDRAFT_OK for others.
enum updraft_status boot_verify_packed(struct boot *boot, struct boot_view *view);

// The new image that waits in a source: what boot_verify says. What it depends on is checked when it is installed.
enum updraft_status boot_verify_waiting(struct boot *boot, enum updraft_source source, uint8_t digest[32]);

// Only the digest: true if the bytes are the image known as `digest`.
bool boot_is(struct boot *boot, const struct updraft_reader *reader, const uint8_t digest[32]);

// May what the slot holds be started as the image known as `digest`? Its digest, and where UPDRAFT_SIGNED_STARTS is set
// its signature too.
bool boot_may_start(struct boot *boot, const uint8_t digest[32]);

enum updraft_reason boot_reason(enum updraft_status status);

#endif
