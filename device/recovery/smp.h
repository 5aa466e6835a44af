// The device's side of SMP, the protocol of mcumgr tools, for recovery over a UART: what MCUboot's serial recovery
// answers.
//
//   OS group      echo, reset, params
//   image group   upload, state (read)
//
// Everything else is answered with rc 8 (not supported). Requests may be of SMP version 1 or 2; answers carry the
// request's. An upload is held nowhere but where the callbacks put it: after a power cut, or an error, it starts again
// from its beginning.
#ifndef UPDRAFT_RECOVERY_SMP_H
#define UPDRAFT_RECOVERY_SMP_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"

enum { SMP_BUFFER_MIN = 512 }; // bytes; 1024 suits every client's defaults
enum { SMP_SLOTS_MOST = 4 };
enum { SMP_WRITE_UNIT = 32 }; // bytes: a multiple of every flash's program unit

// Result codes as they go over the wire ("rc").
enum smp_rc {
    SMP_OK = 0,
    SMP_UNKNOWN = 1,
    SMP_NO_ROOM = 2,
    SMP_INVALID = 3,
    SMP_NO_ENTRY = 5,
    SMP_BAD_STATE = 6,
    SMP_NOT_SUPPORTED = 8,
    SMP_CORRUPT = 9, // the image does not verify
};

// What an image in a slot is. `version` is as in the image header: major, minor, revision (2 bytes), build number (4
// bytes), little-endian.
struct smp_image {
    uint8_t version[8], digest[32];
};

// The same at each call, and best a constant: the compiler then needs no table for it. `context` is the server's.
struct smp_config {
    uint16_t buffer_size; // at least SMP_BUFFER_MIN
    uint8_t slots;        // image() is asked for 0 to slots - 1; at most SMP_SLOTS_MOST
    void (*put)(void *context, uint8_t byte);
    // Starts an upload of `size` bytes, at least 1; one that was under way is forgotten. Should be quick (clients wait
    // a few seconds for the answer): erase while the data arrives.
    enum smp_rc (*upload_begin)(void *context, uint32_t size);
    // The pieces come in order and without gaps, each but the last a multiple of SMP_WRITE_UNIT; each stands at the
    // start of the buffer.
    enum smp_rc (*upload_write)(void *context, uint32_t offset, uint32_t length);
    // All `size` bytes were written: verify and record them.
    enum smp_rc (*upload_end)(void *context);
    // False where slot `slot` holds no valid image.
    bool (*image)(void *context, uint8_t slot, struct smp_image *image);
    // Called when the answer has been given to `put`; may not return.
    void (*reset)(void *context);
};

// What the server keeps between two bytes. Zeros at the start, but for the first two.
struct smp_server {
    void *context; // given to each callback
    // Requests and answers, of buffer_size bytes. upload_write and upload_end may use it for themselves; the other
    // callbacks leave it alone.
    uint8_t *buffer;

    struct smp_frame_reader reader;
    uint32_t upload_size; // 0: none under way
    uint32_t upload_offset;
    const uint8_t *request, *request_end; // CBOR
    uint8_t *answer;                      // CBOR: where its next byte goes
};

// Takes a byte from the UART; answers through `put` when it completes a request. True when it did, so that a bootloader
// can tell that somebody is there.
bool smp_take(struct smp_server *server, const struct smp_config *config, uint8_t byte);

#endif
