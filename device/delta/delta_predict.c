#include "delta_parts.h"

// The few Thumb-2 instructions that name an address (Armv7-M manual, A7.7.12, A7.7.18, A7.7.76, A7.7.79).

static uint32_t extended(uint32_t value, uint32_t bits) {
    return (uint32_t)((int32_t)(value << (32 - bits)) >> (32 - bits));
}

static uint32_t wide_offset(uint32_t first, uint32_t second) {
    uint32_t sign = first >> 10 & 1;
    uint32_t i1 = ~(second >> 13 ^ sign) & 1, i2 = ~(second >> 11 ^ sign) & 1;
    return extended(sign << 24 | i1 << 23 | i2 << 22 | (first & 0x3ff) << 12 | (second & 0x7ff) << 1, 25);
}

static uint32_t wide(uint32_t offset, uint32_t second) {
    uint32_t sign = offset >> 24 & 1;
    uint32_t j1 = ~(offset >> 23 ^ sign) & 1, j2 = ~(offset >> 22 ^ sign) & 1;
    uint32_t first = 0xf000 | sign << 10 | (offset >> 12 & 0x3ff);
    return first | ((second & 0xd000) | j1 << 13 | j2 << 11 | (offset >> 1 & 0x7ff)) << 16;
}

static uint32_t narrow_offset(uint32_t first, uint32_t second) {
    uint32_t offset = (first >> 10 & 1) << 20 | (second >> 11 & 1) << 19 | (second >> 13 & 1) << 18 |
                      (first & 0x3f) << 12 | (second & 0x7ff) << 1;
    return extended(offset, 21);
}

static uint32_t narrow(uint32_t offset, uint32_t first, uint32_t second) {
    uint32_t start = (first & 0xfbc0) | (offset >> 20 & 1) << 10 | (offset >> 12 & 0x3f);
    return start | ((second & 0xd000) | (offset >> 19 & 1) << 11 | (offset >> 18 & 1) << 13 | (offset >> 1 & 0x7ff))
                       << 16;
}

static bool fits(uint32_t offset, uint32_t bits) {
    return (offset & 1) == 0 && extended(offset, bits) == offset;
}

static uint32_t immediate(uint32_t first, uint32_t second) {
    return (first & 15) << 12 | (first >> 10 & 1) << 11 | (second >> 12 & 7) << 8 | (second & 0xff);
}

static uint32_t with_immediate(uint32_t word, uint32_t value) {
    uint32_t first = (word & 0xfbf0) | (value >> 12 & 15) | (value >> 11 & 1) << 10;
    uint32_t second = (word >> 16 & 0x8f00) | (value >> 8 & 7) << 12 | (value & 0xff);
    return first | second << 16;
}

uint32_t updraft_delta_rebuild(const struct updraft_delta *delta, uint32_t type, uint32_t predicted, uint32_t to) {
    uint32_t here = delta->header.base + delta->at + 4;
    switch (type) {
    case DELTA_CALL:
    case DELTA_JUMP: return wide(to - here, predicted >> 16);
    case DELTA_BRANCH: return narrow(to - here, predicted & 0xffff, predicted >> 16);
    case DELTA_LOW_HALF: return with_immediate(predicted, to & 0xffff);
    case DELTA_HIGH_HALF: return with_immediate(predicted, to >> 16);
    default: return to;
    }
}

uint32_t updraft_delta_points_at(const struct updraft_delta *delta, uint32_t type, uint32_t word) {
    uint32_t here = delta->header.base + delta->at + 4, first = word & 0xffff, second = word >> 16;
    switch (type) {
    case DELTA_CALL:
    case DELTA_JUMP: return here + wide_offset(first, second);
    case DELTA_BRANCH: return here + narrow_offset(first, second);
    case DELTA_LOW_HALF: return (delta->moved & 0xffff0000U) | immediate(first, second);
    case DELTA_HIGH_HALF: return (delta->moved & 0xffff) | immediate(first, second) << 16;
    default: return word;
    }
}

uint32_t updraft_delta_map(const struct updraft_delta *delta, uint32_t address) {
    uint32_t low = 0, high = delta->map_size; // the piece is below `high`
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (delta->map[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? address : address + delta->map[low - 1].shift;
}

uint32_t updraft_delta_cache_slot(const struct updraft_delta *delta, uint32_t target) {
    return target * 0x9e3779b1 >> (32 - delta->cache_bits);
}

// The window that holds a byte of either image, read anew when it does not.
static bool look(struct updraft_delta *delta, bool from_new, uint32_t offset) {
    struct updraft_delta_window *window = from_new ? &delta->new_window : &delta->old_window;
    if (offset - window->offset < window->size) {
        return true;
    }
    uint32_t start = offset & ~(uint32_t)(UPDRAFT_DELTA_WINDOW - 1);
    uint32_t size = (from_new ? delta->flushed : delta->header.old_size) - start;
    const struct updraft_delta_port *port = delta->port;
    window->offset = start;
    window->size = size < UPDRAFT_DELTA_WINDOW ? size : UPDRAFT_DELTA_WINDOW;
    enum updraft_status status =
        (from_new ? port->read_new : port->read_old)(port->context, start, window->data, window->size);
    if (status != UPDRAFT_OK) {
        window->size = 0;
        delta->status = delta->status == UPDRAFT_OK ? status : delta->status;
    }
    return status == UPDRAFT_OK;
}

static uint32_t byte(struct updraft_delta *delta, bool from_new, uint32_t offset) {
    if (from_new && offset >= delta->flushed) { // about to be written
        return delta->out[(offset - delta->flushed) % UPDRAFT_DELTA_BUFFER];
    }
    const struct updraft_delta_window *window = from_new ? &delta->new_window : &delta->old_window;
    return look(delta, from_new, offset) ? window->data[offset - window->offset] : 0;
}

uint32_t updraft_delta_half(struct updraft_delta *delta, bool from_new, uint32_t offset) {
    const struct updraft_delta_window *window = from_new ? &delta->new_window : &delta->old_window;
    uint32_t in = offset - window->offset;
    if (in < window->size && in + 1 < window->size) {
        return window->data[in] | (uint32_t)window->data[in + 1] << 8;
    }
    uint32_t low = byte(delta, from_new, offset);
    return low | byte(delta, from_new, offset + 1) << 8;
}

static bool in_ram(uint32_t word) {
    uint32_t region = word >> 20;
    return region == 0x200 || region == 0x240 || region == 0x100 || region == 0x300 || region == 0x380;
}

static uint32_t old_end(const struct updraft_delta *delta) {
    return delta->header.old_size & ~1U;
}

static bool in_code(const struct updraft_delta *delta, uint32_t word) {
    return word - delta->header.base < delta->code_size;
}

static uint32_t moved(struct updraft_delta *delta, uint32_t target) {
    uint32_t slot = updraft_delta_cache_slot(delta, target);
    if (delta->cache_from[slot] == target) {
        delta->trust = 2;
        return delta->cache_to[slot];
    }
    uint32_t to = updraft_delta_map(delta, target);
    delta->trust = to != target;
    return to;
}

static void set(struct updraft_delta *delta, uint32_t type, uint32_t second, uint32_t to) {
    delta->type = type;
    delta->length = 4;
    delta->next_tail = false;
    delta->raw |= second << 16;
    delta->value = to;
}

// BL, B and B with a condition: the same target, seen from elsewhere.
static void predict_branch(struct updraft_delta *delta, uint32_t source, uint32_t at, uint32_t second) {
    uint32_t from = delta->header.base + source + 4, to = delta->header.base + at + 4, first = delta->raw;
    bool is_wide = (second & 0xd000) == 0xd000 || (second & 0xd000) == 0x9000;
    delta->target = from + (is_wide ? wide_offset(first, second) : narrow_offset(first, second));
    if (delta->from_new) {
        delta->moved = delta->target;
    } else {
        delta->moved = moved(delta, delta->target);
    }
    uint32_t offset = delta->moved - to;
    if ((is_wide && !in_code(delta, delta->target)) || !fits(offset, is_wide ? 25 : 21)) {
        return;
    }
    if (delta->trust == 0 && offset != delta->target - from) {
        delta->trust = 1;
    }
    set(delta,
        !is_wide          ? DELTA_BRANCH
        : second & 0x4000 ? DELTA_CALL
                          : DELTA_JUMP,
        second, is_wide ? wide(offset, second) : narrow(offset, first, second));
}

// MOVW and MOVT: both halves of an address are needed to know where it points.
static void predict_half(struct updraft_delta *delta, uint32_t source, uint32_t second) {
    bool high = delta->raw & 0x0080;
    for (uint32_t distance = 4; distance <= 12; distance += 2) {
        uint32_t other = high ? source - distance : source + distance;
        if ((high && distance > source) || other + 4 > old_end(delta)) {
            return;
        }
        uint32_t first = updraft_delta_half(delta, false, other), next = updraft_delta_half(delta, false, other + 2);
        if ((first & 0xfbf0) != (high ? 0xf240 : 0xf2c0) || next >= 0x8000 || (next & 0x0f00) != (second & 0x0f00)) {
            continue;
        }
        uint32_t mine = immediate(delta->raw, second), its = immediate(first, next);
        delta->target = high ? mine << 16 | its : its << 16 | mine;
        if (in_ram(delta->target) || in_code(delta, delta->target)) {
            delta->moved = moved(delta, delta->target);
            uint32_t half = high ? delta->moved >> 16 : delta->moved & 0xffff;
            set(delta, high ? DELTA_HIGH_HALF : DELTA_LOW_HALF, second,
                with_immediate(delta->raw | second << 16, half));
        }
        return;
    }
}

bool updraft_delta_predict(struct updraft_delta *delta, uint32_t source, uint32_t at) {
    uint32_t source_end = delta->from_new ? at : old_end(delta);
    delta->type = DELTA_PLAIN;
    delta->trust = 0;
    delta->length = 2;
    delta->next_tail = false;
    if (source_end < 2 || source > source_end - 2) {
        return false;
    }
    delta->raw = delta->value = updraft_delta_half(delta, delta->from_new, source);
    if (source & 1) {
        return true;
    }
    delta->next_tail = !delta->tail && delta->raw >= 0xe800;
    if (source + 4 > source_end || at + 4 > delta->end) {
        return true;
    }
    bool branch = !delta->tail && delta->raw >> 11 == 0x1e;
    bool word = (at & 3) == 0 && (source & 3) == 0 && !delta->from_new;
    if (!branch && !word) {
        return true;
    }
    uint32_t second = updraft_delta_half(delta, delta->from_new, source + 2), kind = second & 0xd000;
    if (branch) {
        if (kind == 0xd000 || kind == 0x9000 || (kind == 0x8000 && (delta->raw >> 6 & 15) < 14 && !delta->from_new)) {
            predict_branch(delta, source, at, second);
        } else if (!delta->from_new && second < 0x8000 && (delta->raw & 0xfb70) == 0xf240) {
            predict_half(delta, source, second);
        }
    }
    uint32_t value = delta->raw | second << 16;
    if (delta->type == DELTA_PLAIN && word && (in_ram(value) || in_code(delta, value))) {
        delta->target = value;
        delta->moved = moved(delta, value);
        set(delta, in_ram(value) ? DELTA_RAM_POINTER : DELTA_CODE_POINTER, second, delta->moved);
    }
    return true;
}
