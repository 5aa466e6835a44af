// Applies a patch (docs/reference/delta-format.md): reads the patch once from front to back, the old image and what is
// already written at will, writes the new image once from front to back. No dynamic memory; all state is in struct
// updraft_delta, whose size is the RAM class of the build. A patch comes from a server that is not trusted. A hostile
// one ends in UPDRAFT_ERROR_FORMAT or in other bytes than it should, never in an access outside the two images; the
// signature of what came out is verified by whoever installs it.
#ifndef UPDRAFT_DELTA_H
#define UPDRAFT_DELTA_H

#include <stdbool.h>
#include <stdint.h>

#include "updraft_status.h"

// Kilobytes that the decoder may take: 4, 8, 16 or 64. It applies patches of its own class and of the smaller ones.
#ifndef UPDRAFT_DELTA_CLASS
#define UPDRAFT_DELTA_CLASS 8
#endif

#if UPDRAFT_DELTA_CLASS == 4
enum {
    UPDRAFT_DELTA_HISTORIES = 2 * 20 * 16,
    UPDRAFT_DELTA_MAP = 24,
    UPDRAFT_DELTA_CACHE = 16,
    UPDRAFT_DELTA_CALLS = 16,
    UPDRAFT_DELTA_INPUTS = 2
};
#elif UPDRAFT_DELTA_CLASS == 8
enum {
    UPDRAFT_DELTA_HISTORIES = 2 * 112 * 16,
    UPDRAFT_DELTA_MAP = 64,
    UPDRAFT_DELTA_CACHE = 64,
    UPDRAFT_DELTA_CALLS = 32,
    UPDRAFT_DELTA_INPUTS = 2
};
#elif UPDRAFT_DELTA_CLASS == 16
enum {
    UPDRAFT_DELTA_HISTORIES = 3 * 212 * 16,
    UPDRAFT_DELTA_MAP = 128,
    UPDRAFT_DELTA_CACHE = 64,
    UPDRAFT_DELTA_CALLS = 64,
    UPDRAFT_DELTA_INPUTS = 3
};
#elif UPDRAFT_DELTA_CLASS == 64
enum {
    UPDRAFT_DELTA_HISTORIES = 3 * 1216 * 16,
    UPDRAFT_DELTA_MAP = 256,
    UPDRAFT_DELTA_CACHE = 128,
    UPDRAFT_DELTA_CALLS = 128,
    UPDRAFT_DELTA_INPUTS = 3
};
#else
#error UPDRAFT_DELTA_CLASS is 4, 8, 16 or 64
#endif

enum {
    UPDRAFT_DELTA_COUNTERS = 1046 + UPDRAFT_DELTA_CALLS,
    UPDRAFT_DELTA_BUFFER = 128, // bytes that are written at once: a multiple of every flash's unit
    UPDRAFT_DELTA_WINDOW = 32,  // bytes that are read at once from either image
};

// What a patch is read from and written to. Each returns UPDRAFT_OK or the error that ends the work.
struct updraft_delta_port {
    void *context;
    // Bytes of the patch from `offset` on: 1 to `size` of them; *got = 0 behind its end. Offsets rise without gaps,
    // except that updraft_delta_resume jumps.
    enum updraft_status (*read_patch)(void *context, uint32_t offset, uint8_t *data, uint32_t size, uint32_t *got);
    enum updraft_status (*read_old)(void *context, uint32_t offset, uint8_t *data, uint32_t size);
    enum updraft_status (*read_new)(void *context, uint32_t offset, uint8_t *data, uint32_t size);
    // In order, UPDRAFT_DELTA_BUFFER bytes at a time; the last piece of a frame may be shorter.
    enum updraft_status (*write_new)(void *context, uint32_t offset, const uint8_t *data, uint32_t size);
};

struct updraft_delta_header {
    uint32_t kilobytes;  // the class that it is for
    uint32_t frame_size; // bytes that a frame makes
    uint32_t base;
    uint32_t old_size;
    uint32_t new_size;
    uint8_t old_digest[32];
    uint8_t new_digest[32];
};

struct updraft_delta_piece {
    uint32_t start;
    uint32_t shift;
};

struct updraft_delta_window {
    uint32_t offset;
    uint32_t size;
    uint8_t data[UPDRAFT_DELTA_WINDOW];
};

// Everything that the decoder remembers; the fields are its own.
struct updraft_delta {
    // What is used most comes first, where an instruction of two bytes reaches it.
    uint8_t cache_bits, call_bits, coarse, inputs, offset_bits;
    bool from_new, tail, next_tail, table_read;
    uint32_t at, end, flushed, crc;                          // of the output
    uint32_t before, before_that;                            // its last two halfwords
    uint32_t type, length, value, raw, target, moved, trust; // of the last prediction
    uint32_t shift, shift_before, distance, since_copy, history;
    enum updraft_status status;
    uint32_t range, code;
    uint32_t code_size, map_size, map_limit;
    const struct updraft_delta_port *port;
    uint32_t taken, beyond, in_at, in_size; // of the patch
    struct updraft_delta_header header;
    uint16_t slots;
    uint32_t context[3], place[3];
    int32_t input[3];
    uint8_t last_of_type[8];
    uint8_t last_difference[32];
    uint32_t run[24];
    int16_t weights[8 * 3];
    int16_t history_weights[7 * 2 * 4 * UPDRAFT_DELTA_INPUTS];
    uint16_t counters[UPDRAFT_DELTA_COUNTERS];
    uint32_t cache_from[UPDRAFT_DELTA_CACHE];
    uint32_t cache_to[UPDRAFT_DELTA_CACHE];
    uint32_t calls[UPDRAFT_DELTA_CALLS];
    struct updraft_delta_piece map[UPDRAFT_DELTA_MAP];
    struct updraft_delta_window old_window, new_window;
    uint8_t in[32];
    uint8_t out[UPDRAFT_DELTA_BUFFER];
    uint8_t histories[UPDRAFT_DELTA_HISTORIES];
};

// Reads the header. UPDRAFT_ERROR_FORMAT: no patch, or damaged; UPDRAFT_ERROR_TOO_LARGE: for more RAM than this decoder
// has. The caller compares base and digests with what the device runs, and new_size with its staging, before it goes
// on.
enum updraft_status updraft_delta_open(struct updraft_delta *delta, const struct updraft_delta_port *port);

// Makes the next frame and has it written. UPDRAFT_ERROR_DIGEST: the frame's checksum differs (damaged, or another old
// image).
enum updraft_status updraft_delta_frame(struct updraft_delta *delta);

// Whether all frames are made.
bool updraft_delta_done(const struct updraft_delta *delta);

// Bytes of the patch that the frames so far took. Kept together with the number of frames, this is where another
// session goes on.
uint32_t updraft_delta_taken(const struct updraft_delta *delta);

// Goes on, after updraft_delta_open, behind `frames` frames that are written and took `taken` bytes of the patch.
enum updraft_status updraft_delta_resume(struct updraft_delta *delta, uint32_t frames, uint32_t taken);

#endif
