// What the parts of the decoder share; applications use updraft_delta.h.
#ifndef UPDRAFT_DELTA_PARTS_H
#define UPDRAFT_DELTA_PARTS_H

#include "updraft_delta.h"

// Where each decision's counters are (docs/reference/delta-format.md, "Counters").
enum {
    DELTA_OPERATION_BY_HISTORY = 0,
    DELTA_OPERATION_BY_CODE = 64,
    DELTA_OPERATION_BY_COPY = 192,
    DELTA_CALL_BY_HISTORY = 224,
    DELTA_CALL_BY_CODE = 240,
    DELTA_CALL_BY_LAST = 304,
    DELTA_MISS_BY_TYPE = 336,
    DELTA_MISS_BY_RUN = 432,
    DELTA_MISS_BY_CODE = 496,
    DELTA_END_BY_TYPE = 560,
    DELTA_END_BY_LENGTH = 624,
    DELTA_END_BY_CODE = 640,
    DELTA_FIX = 704,
    DELTA_FIX_CALL = 728,
    DELTA_CALL_KNOWN = 729,
    DELTA_SOURCE = 736,
    DELTA_NUMBERS = 784,
    DELTA_NUMBER = 66,
    DELTA_CALL_TARGET = DELTA_NUMBERS + 3 * DELTA_NUMBER,
    DELTA_CALL_PLACE = DELTA_CALL_TARGET + 64,
};
_Static_assert(DELTA_CALL_PLACE + UPDRAFT_DELTA_CALLS == UPDRAFT_DELTA_COUNTERS, "counters");

enum { DELTA_GAP = 0, DELTA_SHIFT = 1, DELTA_OLD_SOURCE = 0, DELTA_NEW_SOURCE = 1, DELTA_CORRECTION = 2 };
enum { DELTA_MIX_OPERATION = 0, DELTA_MIX_SOURCE = 1, DELTA_MIX_CALL = 2, DELTA_MIX_MISS = 3, DELTA_MIX_END = 7 };
enum {
    DELTA_PLAIN,
    DELTA_CALL,
    DELTA_JUMP,
    DELTA_BRANCH,
    DELTA_CODE_POINTER,
    DELTA_RAM_POINTER,
    DELTA_LOW_HALF,
    DELTA_HIGH_HALF
};

// delta_model.c: bits out of the patch, by what was learned so far.
void updraft_delta_start(struct updraft_delta *delta);
void updraft_delta_forget(struct updraft_delta *delta);
uint8_t updraft_delta_byte(struct updraft_delta *delta);
uint32_t updraft_delta_bit(struct updraft_delta *delta, uint32_t index);
uint32_t updraft_delta_run(struct updraft_delta *delta, uint32_t index);
uint32_t updraft_delta_mixed(struct updraft_delta *delta, uint32_t mix, uint32_t a, uint32_t b, uint32_t c);
uint32_t updraft_delta_number(struct updraft_delta *delta, uint32_t kind);
uint32_t updraft_delta_signed(struct updraft_delta *delta, uint32_t kind);
uint32_t updraft_delta_call(struct updraft_delta *delta);
uint32_t updraft_delta_literal(struct updraft_delta *delta, uint32_t set);

// delta_predict.c: what a unit of a copy is expected to be.
uint32_t updraft_delta_map(const struct updraft_delta *delta, uint32_t address);
uint32_t updraft_delta_cache_slot(const struct updraft_delta *delta, uint32_t target);
bool updraft_delta_predict(struct updraft_delta *delta, uint32_t source, uint32_t at);
uint32_t updraft_delta_half(struct updraft_delta *delta, bool from_new, uint32_t offset);
uint32_t updraft_delta_rebuild(const struct updraft_delta *delta, uint32_t type, uint32_t predicted, uint32_t to);
uint32_t updraft_delta_points_at(const struct updraft_delta *delta, uint32_t type, uint32_t word);

#endif
