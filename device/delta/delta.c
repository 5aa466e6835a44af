#include <stddef.h>
#include <string.h>

#include "delta_parts.h"

enum {
    RUN = 64,
    RUN_AFTER = 16,
    CHECK_SIZE = 4,
    LARGEST = 1 << 26,
    LEAST_FRAME_BITS = 10,
    MOST_FRAME_BITS = 26,
    VERSION = 1
};
enum { NO_HINT = 0, OLD_HINT = 1, FRESH_HINT = 2, IN_COPY = 3, DIFFERENCES = 6 };
enum { NOT_LATELY = 8 };

_Static_assert(sizeof(struct updraft_delta) <= UPDRAFT_DELTA_CLASS * 1024, "the decoder keeps to its class");

// What each class gives to what: docs/reference/delta-format.md.
static const struct {
    uint16_t slots, map;
    uint8_t inputs, coarse, cache_bits, call_bits;
} classes[] = {
    [2] = {20, 24, 2, 1, 4, 4},
    [3] = {112, 64, 2, 0, 6, 5},
    [4] = {212, 128, 3, 0, 6, 6},
    [6] = {1216, 256, 3, 0, 7, 7},
};

static void fail(struct updraft_delta *delta, enum updraft_status status) {
    if (delta->status == UPDRAFT_OK) {
        delta->status = status;
    }
}

static uint32_t least(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static uint32_t even(uint32_t size) {
    return (size + 1) & ~1U;
}

// CRC-32 as in zip, four bits at a time.
static uint32_t crc32(uint32_t crc, const uint8_t *data, uint32_t size) {
    static const uint32_t table[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
                                       0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                       0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    for (uint32_t i = 0; i < size; i++) {
        crc ^= data[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return crc;
}

static void flush(struct updraft_delta *delta) {
    uint32_t until = least(delta->at, delta->header.new_size), size = until - delta->flushed;
    if (size > 0 && delta->status == UPDRAFT_OK) {
        delta->crc = crc32(delta->crc, delta->out, size);
        fail(delta, delta->port->write_new(delta->port->context, delta->flushed, delta->out, size));
    }
    delta->flushed = delta->at;
}

static void put(struct updraft_delta *delta, uint32_t half) {
    uint32_t at = delta->at - delta->flushed;
    delta->out[at] = (uint8_t)half;
    delta->out[at + 1] = (uint8_t)(half >> 8);
    delta->at += 2;
    delta->before_that = delta->before;
    delta->before = half & 0xffff;
    if (at + 2 == UPDRAFT_DELTA_BUFFER) {
        flush(delta);
    }
}

static void put_unit(struct updraft_delta *delta, uint32_t value, uint32_t length) {
    put(delta, value);
    if (length == 4) {
        put(delta, value >> 16);
    }
}

static uint32_t source(const struct updraft_delta *delta, uint32_t at) {
    return delta->from_new ? at - delta->distance : at + delta->shift;
}

static bool predict(struct updraft_delta *delta) {
    return updraft_delta_predict(delta, source(delta, delta->at), delta->at);
}

static uint32_t literal(struct updraft_delta *delta, uint32_t set, uint32_t a, uint32_t b, uint32_t c) {
    delta->context[0] = a;
    delta->context[1] = b;
    delta->context[2] = c;
    return updraft_delta_literal(delta, set);
}

// A halfword that is not copied: the byte that names the operation first.
static void new_code(struct updraft_delta *delta, uint32_t hint, uint32_t hinted) {
    uint32_t before = delta->before, operation = before >> 8 << 8, set = least(FRESH_HINT, hinted);
    uint32_t high =
        literal(delta, set, hinted == NO_HINT ? 1U << 26 | operation : 2U << 26 | hinted << 18 | hint >> 8 << 8,
                3U << 26 | operation | (hinted >= FRESH_HINT ? 1U << 22 : 0), 4U << 26 | before << 8);
    bool as = high == hint >> 8;
    uint32_t low;
    if (hinted == IN_COPY && as) {
        uint8_t *last = &delta->last_difference[high >> 3];
        uint32_t difference = literal(delta, DIFFERENCES, 9U << 26 | (uint32_t)*last << 8, 10U << 26 | hint << 8,
                                      11U << 26 | (uint32_t)*last << 16 | high << 8);
        if (difference != 0) {
            *last = (uint8_t)difference;
        }
        low = (hint + difference) & 0xff;
    } else {
        low = literal(delta, 3 + set,
                      hinted == NO_HINT
                          ? 5U << 26 | (delta->at & 2) << 16 | high << 8
                          : 6U << 26 | (as ? high >> 3 << 20 | 1U << 16 : 0) | hinted << 18 | (hint & 0xff) << 8,
                      7U << 26 | high << 8, 8U << 26 ^ before * 0x31500 ^ high << 8);
    }
    put(delta, high << 8 | low);
}

// Where the byte at `at` came from, as the map has it; false when no piece does.
static bool mapped_source(const struct updraft_delta *delta, uint32_t at, uint32_t *shift) {
    uint32_t base = delta->header.base;
    uint64_t address = (uint32_t)(base + at), old_end = (uint64_t)base + (delta->header.old_size & ~1U);
    uint64_t first = delta->map_size == 0 ? old_end : delta->map[0].start;
    if (address < first) {
        *shift = (uint32_t)address - base - at;
        return true;
    }
    for (uint32_t i = 0; i < delta->map_size; i++) {
        int64_t from = (int64_t)address - (int32_t)delta->map[i].shift;
        uint64_t next = i + 1 < delta->map_size ? delta->map[i + 1].start : old_end;
        if (from >= (int64_t)delta->map[i].start && from < (int64_t)next) {
            *shift = (uint32_t)from - base - at;
            return true;
        }
    }
    return false;
}

static void take(struct updraft_delta *delta, uint32_t shift) {
    if (shift != delta->shift) {
        delta->shift_before = delta->shift;
        delta->shift = shift;
    }
}

static void copy_source(struct updraft_delta *delta) {
    uint32_t s = DELTA_SOURCE;
    bool is_new = updraft_delta_mixed(delta, DELTA_MIX_SOURCE, s + (delta->history & 15), s + 16 + delta->from_new,
                                      s + 18 + (delta->at & 2));
    delta->history = (delta->history << 2 | (1 + (uint32_t)is_new)) & 63;
    if (is_new) {
        if (!updraft_delta_bit(delta, s + 22 + delta->from_new)) {
            uint32_t number = updraft_delta_number(delta, DELTA_NEW_SOURCE);
            delta->distance = (number + 1) * 2 + updraft_delta_bit(delta, s + 24);
        }
        delta->from_new = true;
        return;
    }
    uint32_t mapped = delta->shift, c = s + 26 + (delta->from_new ? 10 : 0) + (delta->since_copy < 2 ? 5 : 0);
    (void)mapped_source(delta, delta->at, &mapped);
    if (updraft_delta_bit(delta, c + (mapped == delta->shift ? 0 : 1))) {
        take(delta, mapped);
    } else if (mapped != delta->shift && updraft_delta_bit(delta, c + 2)) {
        // as before
    } else if (updraft_delta_bit(delta, c + 3)) {
        take(delta, delta->shift_before);
    } else {
        uint32_t odd = updraft_delta_bit(delta, s + 25);
        take(delta, delta->shift + updraft_delta_signed(delta, DELTA_OLD_SOURCE) * 2 + odd);
    }
    delta->from_new = false;
}

static uint32_t run_length(uint32_t run) {
    uint32_t bits = 0;
    for (; run > 0 && bits < 7; run >>= 1) {
        bits++;
    }
    return bits;
}

// Sixty-four bytes and a bit, all as predicted or not.
static bool run(struct updraft_delta *delta, uint32_t good) {
    uint16_t chunk[RUN / 2 + 1];
    uint32_t changed = 0, size = 0;
    bool tail = delta->tail;
    while (size < RUN) {
        if (!updraft_delta_predict(delta, source(delta, delta->at + size), delta->at + size)) {
            delta->tail = tail;
            return false;
        }
        chunk[size / 2] = (uint16_t)delta->value;
        if (delta->length == 4) {
            chunk[size / 2 + 1] = (uint16_t)(delta->value >> 16);
        }
        size += delta->length;
        changed += delta->trust != 0;
        delta->tail = delta->next_tail;
    }
    if (updraft_delta_run(delta, good * 3 + least(2, changed) + (delta->from_new ? 12 : 0))) {
        delta->tail = tail;
        return false;
    }
    for (uint32_t i = 0; i < size; i += 2) {
        put(delta, chunk[i / 2]);
    }
    return true;
}

// A unit that is not what was expected, in a copy that goes on.
static void fix(struct updraft_delta *delta) {
    uint32_t type = delta->type, value = delta->value;
    delta->tail = type == DELTA_PLAIN && delta->next_tail;
    if (type == DELTA_PLAIN || updraft_delta_bit(delta, DELTA_FIX + type * 3)) {
        new_code(delta, value & 0xffff, IN_COPY);
        return;
    }
    uint32_t actual, to;
    if (delta->raw != value && updraft_delta_bit(delta, DELTA_FIX + type * 3 + 1)) {
        actual = delta->raw;
        to = updraft_delta_points_at(delta, type, actual);
    } else {
        if (type == DELTA_CALL && updraft_delta_bit(delta, DELTA_FIX_CALL)) {
            to = updraft_delta_call(delta);
        } else {
            uint32_t unit = type == DELTA_HIGH_HALF ? 16 : type <= DELTA_BRANCH ? 1 : 0;
            to = delta->moved + (updraft_delta_signed(delta, DELTA_CORRECTION) << unit);
        }
        actual = updraft_delta_rebuild(delta, type, value, to);
    }
    if (!delta->from_new) {
        uint32_t slot = updraft_delta_cache_slot(delta, delta->target);
        delta->cache_from[slot] = delta->target;
        delta->cache_to[slot] = to;
    }
    put_unit(delta, actual, 4);
}

static void copy(struct updraft_delta *delta) {
    uint32_t start = delta->at, units = 0, right = 0, good = 0, open_to = 0;
    bool open = false;
    delta->tail = false;
    while (delta->at < delta->end && delta->status == UPDRAFT_OK) {
        if (right >= RUN_AFTER && delta->at + RUN + 2 <= delta->end && delta->at >= open_to &&
            (!delta->from_new || delta->distance >= RUN + 2)) {
            uint32_t at = delta->at;
            if (run(delta, least(3, good))) {
                right += RUN / 2;
                good++;
                continue;
            }
            open_to = at + RUN;
            good = 0;
            open = true;
        }
        if (!predict(delta)) {
            if (delta->at == start) {
                fail(delta, UPDRAFT_ERROR_FORMAT);
            }
            return;
        }
        uint32_t type = delta->type, value = delta->value;
        uint32_t a = DELTA_MISS_BY_TYPE + (type * 3 + delta->trust) * 4 + (delta->last_of_type[type] & 3);
        uint32_t b = DELTA_MISS_BY_RUN + run_length(right) * 8 + least(3, units >> 1) * 2 + delta->from_new;
        uint32_t c = DELTA_MISS_BY_CODE + ((value >> 8 & 0xff) >> (2 + delta->coarse));
        uint32_t mix = DELTA_MIX_MISS + (open && delta->at < open_to ? 1 : 0) + (type != DELTA_PLAIN ? 2 : 0);
        bool miss = updraft_delta_mixed(delta, mix, a, b, c);
        delta->last_of_type[type] = (uint8_t)(delta->last_of_type[type] << 1 | miss);
        units++;
        if (!miss) {
            delta->tail = delta->next_tail;
            put_unit(delta, value, delta->length);
            right++;
            continue;
        }
        open = false;
        if (updraft_delta_mixed(delta, DELTA_MIX_END, DELTA_END_BY_TYPE + type * 8 + run_length(right),
                                DELTA_END_BY_LENGTH + least(7, units) * 2 + delta->from_new,
                                DELTA_END_BY_CODE + (value >> (10 + delta->coarse) & 63))) {
            if (delta->at == start) {
                fail(delta, UPDRAFT_ERROR_FORMAT);
            }
            return;
        }
        right = 0;
        fix(delta);
    }
}

static void operation(struct updraft_delta *delta) {
    uint32_t before = delta->before >> 8, history = delta->history;
    uint32_t by_code = before >> (2 + delta->coarse);
    if (updraft_delta_mixed(delta, DELTA_MIX_OPERATION, DELTA_OPERATION_BY_HISTORY + history,
                            DELTA_OPERATION_BY_CODE + (by_code | (delta->at & 2) << 5),
                            DELTA_OPERATION_BY_COPY + delta->since_copy * 4 + (history & 3))) {
        copy_source(delta);
        copy(delta);
        delta->since_copy = 0;
        return;
    }
    bool call = delta->at + 4 <= delta->end &&
                updraft_delta_mixed(delta, DELTA_MIX_CALL, DELTA_CALL_BY_HISTORY + (history & 15),
                                    DELTA_CALL_BY_CODE + by_code, DELTA_CALL_BY_LAST + (delta->before_that >> 11));
    delta->history = (history << 2 | (call ? 3 : 0)) & 63;
    if (call) {
        uint32_t to = updraft_delta_call(delta);
        put_unit(delta, updraft_delta_rebuild(delta, DELTA_CALL, 0xd0000000U, to), 4);
        delta->since_copy = least(NOT_LATELY, delta->since_copy + 2);
        return;
    }
    bool hint = delta->since_copy < NOT_LATELY && predict(delta);
    new_code(delta, hint ? delta->raw & 0xffff : 0, !hint ? NO_HINT : delta->since_copy == 0 ? FRESH_HINT : OLD_HINT);
    delta->since_copy = least(NOT_LATELY, delta->since_copy + 1);
}

// The map at the start of a patch.
static void table(struct updraft_delta *delta) {
    uint32_t size = updraft_delta_number(delta, DELTA_GAP);
    if (size > delta->map_limit) {
        fail(delta, UPDRAFT_ERROR_FORMAT);
        return;
    }
    uint64_t start = delta->header.base;
    uint32_t shift = 0;
    for (uint32_t i = 0; i < size && delta->status == UPDRAFT_OK; i++) {
        start += updraft_delta_number(delta, DELTA_GAP);
        shift += updraft_delta_signed(delta, DELTA_SHIFT);
        if (start > 0xffffffffU) {
            fail(delta, UPDRAFT_ERROR_FORMAT);
            return;
        }
        delta->map[i].start = (uint32_t)start;
        delta->map[i].shift = shift;
    }
    delta->map_size = size;
    delta->table_read = true;
}

static uint32_t word(struct updraft_delta *delta) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        value |= (uint32_t)updraft_delta_byte(delta) << 8 * i;
    }
    return value;
}

static uint32_t size(struct updraft_delta *delta) {
    uint32_t value = 0;
    for (uint32_t shift = 0; shift < 28; shift += 7) {
        uint32_t next = updraft_delta_byte(delta);
        value |= (next & 0x7f) << shift;
        if (next < 0x80 && value <= LARGEST) {
            return value;
        }
    }
    fail(delta, UPDRAFT_ERROR_FORMAT);
    return 0;
}

enum updraft_status updraft_delta_open(struct updraft_delta *delta, const struct updraft_delta_port *port) {
    memset(delta, 0, sizeof *delta);
    delta->port = port;
    struct updraft_delta_header *header = &delta->header;
    if (updraft_delta_byte(delta) != 'U' || updraft_delta_byte(delta) != 'D') {
        fail(delta, UPDRAFT_ERROR_FORMAT);
    }
    uint32_t kind = updraft_delta_byte(delta), frame_bits = updraft_delta_byte(delta), log = kind & 15;
    if (kind >> 4 != VERSION || log >= sizeof classes / sizeof classes[0] || classes[log].slots == 0 ||
        (frame_bits != 0 && (frame_bits < LEAST_FRAME_BITS || frame_bits > MOST_FRAME_BITS))) {
        fail(delta, UPDRAFT_ERROR_FORMAT);
        return delta->status;
    }
    header->kilobytes = 1U << log;
    if (header->kilobytes > UPDRAFT_DELTA_CLASS) {
        fail(delta, UPDRAFT_ERROR_TOO_LARGE);
        return delta->status;
    }
    header->base = word(delta);
    header->old_size = size(delta);
    header->new_size = size(delta);
    header->frame_size = frame_bits == 0 ? even(header->new_size) : 1U << frame_bits;
    for (int i = 0; i < 64; i++) {
        uint8_t next = updraft_delta_byte(delta);
        if (i < 32) {
            header->old_digest[i] = next;
        } else {
            header->new_digest[i - 32] = next;
        }
    }
    if (header->new_size == 0 || delta->beyond > 0) {
        fail(delta, UPDRAFT_ERROR_FORMAT);
    }
    delta->slots = classes[log].slots;
    delta->map_limit = classes[log].map;
    delta->inputs = classes[log].inputs;
    delta->coarse = classes[log].coarse;
    delta->cache_bits = classes[log].cache_bits;
    delta->call_bits = classes[log].call_bits;
    uint32_t old_end = header->old_size & ~1U, new_end = even(header->new_size);
    delta->code_size = old_end > new_end ? old_end : new_end;
    for (uint32_t rest = delta->code_size; rest > 1; rest >>= 1) {
        delta->offset_bits++;
    }
    return delta->status;
}

// Before a frame: its checksum and, in the first one, the table.
static uint32_t begin(struct updraft_delta *delta) {
    uint32_t check = word(delta);
    updraft_delta_start(delta);
    if (!delta->table_read) {
        updraft_delta_forget(delta);
        table(delta);
    }
    return check;
}

enum updraft_status updraft_delta_frame(struct updraft_delta *delta) {
    if (delta->status != UPDRAFT_OK || updraft_delta_done(delta)) {
        return delta->status;
    }
    uint32_t check = begin(delta), at = delta->at;
    uint32_t all = even(delta->header.new_size);
    delta->end = all - at > delta->header.frame_size ? at + delta->header.frame_size : all;
    updraft_delta_forget(delta);
    memset(delta->last_of_type, 0, sizeof delta->last_of_type);
    memset(delta->last_difference, 0, sizeof delta->last_difference);
    delta->from_new = false;
    delta->shift = delta->shift_before = delta->history = 0;
    (void)mapped_source(delta, at, &delta->shift);
    delta->distance = RUN;
    delta->since_copy = NOT_LATELY;
    delta->crc = 0xffffffffU;
    delta->before = at >= 2 ? updraft_delta_half(delta, true, at - 2) : 0;
    delta->before_that = at >= 4 ? updraft_delta_half(delta, true, at - 4) : 0;
    while (delta->at < delta->end && delta->status == UPDRAFT_OK) {
        operation(delta);
    }
    flush(delta);
    if (~delta->crc != check) {
        fail(delta, UPDRAFT_ERROR_DIGEST);
    }
    return delta->status;
}

bool updraft_delta_done(const struct updraft_delta *delta) {
    return delta->at >= even(delta->header.new_size);
}

uint32_t updraft_delta_taken(const struct updraft_delta *delta) {
    return delta->taken;
}

enum updraft_status updraft_delta_resume(struct updraft_delta *delta, uint32_t frames, uint32_t taken) {
    if (delta->status != UPDRAFT_OK || frames == 0) {
        return delta->status;
    }
    (void)begin(delta);
    if (frames >= (even(delta->header.new_size) + delta->header.frame_size - 1) / delta->header.frame_size ||
        taken <= delta->taken) {
        fail(delta, UPDRAFT_ERROR_RANGE);
        return delta->status;
    }
    delta->at = delta->flushed = frames * delta->header.frame_size;
    delta->taken = taken;
    delta->in_at = delta->in_size = 0;
    return delta->status;
}
