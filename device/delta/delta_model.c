#include <string.h>

#include "delta_parts.h"
#include "delta_tables.h"

enum { LIMIT = 2815, BEYOND = 4, RUNS_ASKED = 250 };

static int32_t logarithm(uint32_t value) {
    uint32_t top = 31 - (uint32_t)__builtin_clz(value);
    return (int32_t)(top * 45426 >> 8) + delta_logarithm[value << (15 - top) >> 9 & 63];
}

static int32_t stretch(uint32_t probability) {
    return logarithm(probability) - logarithm(65536 - probability);
}

static uint32_t squash(int32_t value) {
    int32_t size = value < 0 ? -value : value;
    if (size > LIMIT) {
        size = LIMIT;
    }
    uint32_t from = delta_squashed[size >> 6];
    uint32_t probability = from + ((delta_squashed[(size >> 6) + 1] - from) * ((uint32_t)size & 63) >> 6);
    return value >= 0 ? probability : 65536 - probability;
}

uint8_t updraft_delta_byte(struct updraft_delta *delta) {
    if (delta->in_at == delta->in_size && delta->status == UPDRAFT_OK && delta->beyond == 0) {
        uint32_t got = 0;
        delta->in_at = delta->in_size = 0;
        delta->status = delta->port->read_patch(delta->port->context, delta->taken, delta->in, sizeof delta->in, &got);
        if (got > sizeof delta->in) {
            delta->status = UPDRAFT_ERROR_READ;
        } else if (delta->status == UPDRAFT_OK) {
            delta->in_size = got;
        }
    }
    if (delta->in_at < delta->in_size) {
        delta->taken++;
        return delta->in[delta->in_at++];
    }
    // The last zeros of a patch do not travel.
    if (++delta->beyond > BEYOND && delta->status == UPDRAFT_OK) {
        delta->status = UPDRAFT_ERROR_FORMAT;
    }
    return 0;
}

void updraft_delta_start(struct updraft_delta *delta) {
    delta->range = 0xffffffffU;
    delta->code = 0;
    for (int i = 0; i < 4; i++) {
        delta->code = delta->code << 8 | updraft_delta_byte(delta);
    }
}

// One bit whose probability of being 1 is `probability` of 65536.
static uint32_t decode(struct updraft_delta *delta, uint32_t probability) {
    uint32_t bound = (delta->range >> 16) * probability + ((delta->range & 0xffff) * probability >> 16);
    uint32_t bit = delta->code < bound;
    if (bit) {
        delta->range = bound;
    } else {
        delta->code -= bound;
        delta->range -= bound;
    }
    while (delta->range < 1U << 24) {
        delta->range <<= 8;
        delta->code = delta->code << 8 | updraft_delta_byte(delta);
    }
    return bit;
}

void updraft_delta_forget(struct updraft_delta *delta) {
    for (uint32_t i = 0; i < UPDRAFT_DELTA_COUNTERS; i++) {
        delta->counters[i] = i >= DELTA_MISS_BY_TYPE && i < DELTA_END_BY_TYPE ? 0x1000 : 0x8000;
    }
    for (uint32_t i = 0; i < sizeof delta->run / sizeof delta->run[0]; i++) {
        delta->run[i] = 0x04000000;
    }
    for (uint32_t i = 0; i < sizeof delta->weights / sizeof delta->weights[0]; i++) {
        delta->weights[i] = 8192 * 4 / 10;
    }
    for (uint32_t i = 0; i < sizeof delta->history_weights / sizeof delta->history_weights[0]; i++) {
        delta->history_weights[i] = delta->inputs == 2 ? 8192 / 2 : 8192 * 2 / 5;
    }
    memset(delta->histories, 0, sizeof delta->histories);
    memset(delta->cache_from, 0, sizeof delta->cache_from);
    memset(delta->cache_to, 0, sizeof delta->cache_to);
    memset(delta->calls, 0, sizeof delta->calls);
}

static uint32_t probability(const struct updraft_delta *delta, uint32_t index) {
    uint32_t p = delta->counters[index] & 0xfff0U;
    return p ? p : 16;
}

static void learn(struct updraft_delta *delta, uint32_t index, uint32_t bit) {
    uint32_t state = delta->counters[index];
    int32_t p = (int32_t)(state >> 4);
    uint32_t asked = state & 15;
    p += ((bit ? 4095 : 0) - p) * delta_rate[asked] >> 16;
    delta->counters[index] = (uint16_t)((uint32_t)p << 4 | (asked < 15 ? asked + 1 : 15));
}

uint32_t updraft_delta_bit(struct updraft_delta *delta, uint32_t index) {
    uint32_t bit = decode(delta, probability(delta, index));
    learn(delta, index, bit);
    return bit;
}

uint32_t updraft_delta_run(struct updraft_delta *delta, uint32_t index) {
    uint32_t state = delta->run[index];
    int32_t p = (int32_t)(state >> 10);
    int32_t asked = (int32_t)(state & 1023);
    uint32_t bit = decode(delta, p >> 6 ? (uint32_t)p >> 6 : 1);
    p += (((bit ? 0x3fffff : 0) - p) >> 7) * (655360 / (10 * asked + 16)) >> 9;
    delta->run[index] = (uint32_t)p << 10 | (uint32_t)(asked < RUNS_ASKED ? asked + 1 : RUNS_ASKED);
    return bit;
}

static void learn_weight(int16_t *weight, int32_t input, int32_t error) {
    int32_t next = *weight + ((input * error + 0x8000) >> 16);
    *weight = (int16_t)(next > 32767 ? 32767 : next < -32768 ? -32768 : next);
}

uint32_t updraft_delta_mixed(struct updraft_delta *delta, uint32_t mix, uint32_t a, uint32_t b, uint32_t c) {
    int16_t *weights = delta->weights + mix * 3;
    uint32_t index[3] = {a, b, c};
    int32_t input[3], sum = 0;
    for (int i = 0; i < 3; i++) {
        input[i] = stretch(probability(delta, index[i]));
        sum += weights[i] * input[i];
    }
    uint32_t p = squash(sum >> 13);
    uint32_t bit = decode(delta, p);
    int32_t error = (int32_t)(bit << 16) - (int32_t)p;
    for (int i = 0; i < 3; i++) {
        learn_weight(weights + i, input[i], error);
        learn(delta, index[i], bit);
    }
    return bit;
}

uint32_t updraft_delta_number(struct updraft_delta *delta, uint32_t kind) {
    uint32_t base = DELTA_NUMBERS + kind * DELTA_NUMBER;
    uint32_t bits = 0;
    while (bits < 30 && updraft_delta_bit(delta, base + bits)) {
        bits++;
    }
    uint32_t value = 1;
    for (uint32_t i = bits; i-- > 0;) {
        uint32_t bit = i == bits - 1 ? updraft_delta_bit(delta, base + 32 + bits)
                       : i < 2       ? updraft_delta_bit(delta, base + 64 + i)
                                     : decode(delta, 32768);
        value = value << 1 | bit;
    }
    return value - 1;
}

uint32_t updraft_delta_signed(struct updraft_delta *delta, uint32_t kind) {
    uint32_t folded = updraft_delta_number(delta, kind);
    return folded >> 1 ^ (0U - (folded & 1));
}

static uint32_t tree(struct updraft_delta *delta, uint32_t at, uint32_t bits) {
    uint32_t node = 1;
    for (uint32_t i = 0; i < bits; i++) {
        node = node << 1 | updraft_delta_bit(delta, at + node);
    }
    return node - (1U << bits);
}

uint32_t updraft_delta_call(struct updraft_delta *delta) {
    uint32_t to, from;
    if (updraft_delta_bit(delta, DELTA_CALL_KNOWN)) {
        from = tree(delta, DELTA_CALL_PLACE, delta->call_bits);
        to = delta->calls[from];
    } else {
        uint32_t bits = delta->offset_bits, top = bits < 6 ? bits : 6;
        uint32_t offset = tree(delta, DELTA_CALL_TARGET, top);
        for (uint32_t i = top; i < bits; i++) {
            offset = offset << 1 | decode(delta, 32768);
        }
        to = delta->header.base + (offset << 1);
        from = (1U << delta->call_bits) - 1;
    }
    for (; from > 0; from--) {
        delta->calls[from] = delta->calls[from - 1];
    }
    delta->calls[0] = to;
    return to;
}

// The sixteen histories of context k: found again by the check in their first byte, or the less used of two made new.
static uint32_t histories(struct updraft_delta *delta, uint32_t k, uint32_t salt) {
    uint32_t hash = (delta->context[k] + salt * 0x1003f) * 0x2c1b3c6d;
    hash = (hash ^ hash >> 15) * 0x9e3779b1;
    uint32_t slot = (hash >> 16) * delta->slots >> 16;
    uint8_t check = (uint8_t)(hash >> 4 | 1);
    uint32_t first = (k * delta->slots + slot) << 4, second = (k * delta->slots + (slot ^ 1)) << 4;
    if (delta->histories[first] == check) {
        return first;
    }
    if (delta->histories[second] == check) {
        return second;
    }
    uint32_t at = delta->histories[first + 1] <= delta->histories[second + 1] ? first : second;
    memset(delta->histories + at, 0, 16);
    delta->histories[at] = check;
    return at;
}

static uint32_t nibble(struct updraft_delta *delta, uint32_t set, uint32_t salt) {
    uint32_t inputs = delta->inputs;
    for (uint32_t k = 0; k < inputs; k++) {
        delta->place[k] = histories(delta, k, salt);
    }
    uint32_t node = 1;
    for (int i = 3; i >= 0; i--) {
        int16_t *weights = delta->history_weights + (set * 4 + (uint32_t)i) * inputs;
        int32_t sum = 0;
        for (uint32_t k = 0; k < inputs; k++) {
            delta->input[k] = delta_stretched[delta->histories[delta->place[k] + node]];
            sum += weights[k] * delta->input[k];
        }
        uint32_t p = squash(sum >> 13);
        uint32_t bit = decode(delta, p);
        int32_t error = (int32_t)(bit << 16) - (int32_t)p;
        for (uint32_t k = 0; k < inputs; k++) {
            uint8_t *history = delta->histories + delta->place[k] + node;
            learn_weight(weights + k, delta->input[k], error);
            *history = delta_next[*history * 2 + bit];
        }
        node = node << 1 | bit;
    }
    return node & 15;
}

uint32_t updraft_delta_literal(struct updraft_delta *delta, uint32_t set) {
    uint32_t high = nibble(delta, set * 2, 0);
    return high << 4 | nibble(delta, set * 2 + 1, high + 1);
}
