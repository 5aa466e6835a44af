// The device's side of SMP, the protocol of mcumgr tools, over any pipe of bytes: a UART, a Bluetooth characteristic,
// datagrams. The bootloader's recovery and applications use the same server; what an application need not write itself
// is in updraft_smp_application.h.
//
//     group 0   echo, reset, params
//     group 1   image: upload, state (read)
//
// Everything else is offered to `other`, or answered with rc 8 (not supported). Requests may be of SMP version 1 or 2;
// answers carry the request's. docs/reference/smp.md has every field.
#ifndef UPDRAFT_SMP_H
#define UPDRAFT_SMP_H

#include <stdbool.h>
#include <stdint.h>

#include "updraft_smp_frame.h"

enum { UPDRAFT_SMP_BUFFER_MIN = 512 }; // bytes; 1024 suits every client's defaults
enum { UPDRAFT_SMP_SLOTS_MOST = 3 };
enum { UPDRAFT_SMP_WRITE_UNIT = 32 }; // bytes: a multiple of every chip's program unit

// Result codes as they go over the wire ("rc").
enum updraft_smp_rc {
    UPDRAFT_SMP_OK = 0,
    UPDRAFT_SMP_UNKNOWN = 1,
    UPDRAFT_SMP_NO_ROOM = 2,
    UPDRAFT_SMP_INVALID = 3,
    UPDRAFT_SMP_NO_ENTRY = 5,
    UPDRAFT_SMP_BAD_STATE = 6,
    UPDRAFT_SMP_NOT_SUPPORTED = 8,
    UPDRAFT_SMP_CORRUPT = 9, // the image does not verify
    UPDRAFT_SMP_BUSY = 10,
    UPDRAFT_SMP_DENIED = 11,
};

// What an image in a slot is. `version` is as in the image header: major, minor, revision (2 bytes), build number (4
// bytes), little-endian.
struct updraft_smp_image {
    uint8_t version[8], digest[32];
};

struct updraft_smp_server;

// The same at each call, and best a constant: the compiler then needs no table for it. `context` is the server's. What
// may be NULL is not supported then.
struct updraft_smp_config {
    uint16_t buffer_size; // at least UPDRAFT_SMP_BUFFER_MIN
    uint16_t unit;        // pieces of an upload are multiples of it, but for the last
    uint8_t buffers;      // requests that the pipe holds while one is answered, with that one: 1 or more
    uint8_t slots;        // image() is asked for 0 to slots - 1; at most UPDRAFT_SMP_SLOTS_MOST
    // What goes out: a byte of a console's line; a whole packet, where requests come as such (NULL where none do).
    void (*put)(void *context, uint8_t byte);
    void (*write)(void *context, const uint8_t *packet, uint32_t length);
    // Starts an upload of `size` bytes, at least 1, whose first `length` stand at `data`; or takes it up again:
    // *offset, 0 at the call, is where the client is to go on. One that was under way is forgotten. Should be quick
    // (clients wait a few seconds for the answer): erase while the data arrives.
    enum updraft_smp_rc (*upload_begin)(void *context, uint32_t size, const uint8_t *data, uint32_t length,
                                        uint32_t *offset);
    // The pieces come in order and without gaps, each but the last a multiple of `unit`; each stands at the start of
    // the buffer.
    enum updraft_smp_rc (*upload_write)(void *context, uint32_t offset, uint32_t length);
    // All bytes were written: verify and record them.
    enum updraft_smp_rc (*upload_end)(void *context);
    // False where slot `slot` holds no valid image.
    bool (*image)(void *context, uint8_t slot, struct updraft_smp_image *image);
    // Called when the answer has gone out; may not return.
    void (*reset)(void *context);

    // The rest may be NULL. Adds four names, each with a bool, to what is said of an image.
    void (*flags)(void *context, uint8_t slot, const struct updraft_smp_image *image);
    // NULL: a reset is always granted.
    enum updraft_smp_rc (*may_reset)(void *context);
    // Any other command, as group << 16 | operation << 8 | command; the operation is 0 to read and 2 to write. Adds a
    // map to the answer where it is granted. NULL: nothing else is supported.
    enum updraft_smp_rc (*other)(void *context, uint32_t command);
    // Why the last call was refused, for people, up to 100 characters; NULL: only the result code.
    const char *(*reason)(void *context);
};

// What the server keeps between two bytes. Zeros at the start, but for the first two.
struct updraft_smp_server {
    void *context; // given to each callback
    // Requests and answers, of buffer_size bytes. upload_write, upload_end and `other` before it adds anything may use
    // it for themselves; the other callbacks leave it alone.
    uint8_t *buffer;

    struct updraft_smp_frame_reader reader;
    uint32_t skip;        // bytes still to come of a packet that is too long
    uint32_t upload_size; // 0: none under way
    uint32_t upload_offset;
    const uint8_t *request, *request_end; // CBOR
    uint8_t *answer;                      // CBOR: where its next byte goes
};

// Takes a byte from a console, in lines of base64; answers in the same way when it completes a request. True when it
// did, so that a bootloader can tell that somebody is there.
bool updraft_smp_take_console(struct updraft_smp_server *server, const struct updraft_smp_config *config, uint8_t byte);

// Takes bytes of packets that come back to back and whole, with nothing between them: raw UARTs, Bluetooth, each
// datagram. True when a request was answered.
bool updraft_smp_take_raw(struct updraft_smp_server *server, const struct updraft_smp_config *config,
                          const uint8_t *data, uint32_t length);

// Nothing has come for a while, or the client went away: what was received of a packet is dropped.
void updraft_smp_drop(struct updraft_smp_server *server);

// For the callbacks: fields of the request ...
bool updraft_smp_find_uint(const struct updraft_smp_server *server, const char *name, uint32_t *value); // or 0
bool updraft_smp_find_bytes(const struct updraft_smp_server *server, const char *name, const uint8_t **bytes,
                            uint32_t *length);
bool updraft_smp_is_set(const struct updraft_smp_server *server, const char *name); // a bool that is true

// ... and the answer, of which `other` adds no more than UPDRAFT_SMP_OTHER_MOST bytes.
enum { UPDRAFT_SMP_OTHER_MOST = UPDRAFT_SMP_BUFFER_MIN - 32 };
void updraft_smp_add_map(struct updraft_smp_server *server, uint32_t pairs);
void updraft_smp_add_array(struct updraft_smp_server *server, uint32_t items);
void updraft_smp_add_uint(struct updraft_smp_server *server, uint32_t value);
void updraft_smp_add_bool(struct updraft_smp_server *server, bool value);
void updraft_smp_add_text(struct updraft_smp_server *server, const char *text);
void updraft_smp_add_bytes(struct updraft_smp_server *server, const void *bytes, uint32_t length);
void updraft_smp_add_images(struct updraft_smp_server *server, const struct updraft_smp_config *config);

#endif
