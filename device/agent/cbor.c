#include "updraft_cbor.h"

#include <string.h>

enum {
    MAJOR_UINT = 0,
    MAJOR_BYTES = 2,
    MAJOR_TEXT = 3,
    MAJOR_ARRAY = 4,
    MAJOR_MAP = 5,
    MAJOR_TAG = 6,
    MAJOR_SIMPLE = 7
};
enum { SIMPLE_FALSE = 20, SIMPLE_TRUE = 21 };

static void put(struct updraft_cbor_writer *writer, const void *bytes, size_t length) {
    if (writer->length <= writer->size && length <= writer->size - writer->length) {
        memcpy(writer->data + writer->length, bytes, length);
    }
    writer->length += length;
}

// The shortest form of the head, as deterministic encoding wants it (RFC 8949 4.2.1).
static void put_head(struct updraft_cbor_writer *writer, uint8_t major, uint32_t value) {
    uint8_t head[5];
    size_t extra = value < 24 ? 0 : value <= 0xFF ? 1 : value <= 0xFFFF ? 2 : 4;
    head[0] = (uint8_t)(major << 5 | (extra == 0 ? value : extra == 1 ? 24 : extra == 2 ? 25 : 26));
    for (size_t i = 0; i < extra; i++) {
        head[1 + i] = (uint8_t)(value >> (8 * (extra - 1 - i)));
    }
    put(writer, head, 1 + extra);
}

void updraft_cbor_write_map(struct updraft_cbor_writer *writer, uint32_t pairs) {
    put_head(writer, MAJOR_MAP, pairs);
}

void updraft_cbor_write_uint(struct updraft_cbor_writer *writer, uint32_t value) {
    put_head(writer, MAJOR_UINT, value);
}

void updraft_cbor_write_bool(struct updraft_cbor_writer *writer, bool value) {
    put_head(writer, MAJOR_SIMPLE, value ? SIMPLE_TRUE : SIMPLE_FALSE);
}

void updraft_cbor_write_bytes(struct updraft_cbor_writer *writer, const uint8_t *bytes, size_t length) {
    put_head(writer, MAJOR_BYTES, (uint32_t)length);
    put(writer, bytes, length);
}

void updraft_cbor_write_text(struct updraft_cbor_writer *writer, const char *text) {
    size_t length = strlen(text);
    put_head(writer, MAJOR_TEXT, (uint32_t)length);
    put(writer, text, length);
}

// Takes a head apart; indefinite lengths are refused.
static bool take_head(struct updraft_cbor_reader *reader, uint8_t *major, uint64_t *value) {
    if (reader->at >= reader->size) {
        return false;
    }
    uint8_t first = reader->data[reader->at];
    uint8_t info = first & 0x1F;
    size_t extra = info < 24 ? 0 : info <= 27 ? (size_t)1 << (info - 24) : SIZE_MAX;
    if (extra > reader->size - reader->at - 1) {
        return false;
    }
    *major = first >> 5;
    *value = extra == 0 ? info : 0;
    for (size_t i = 0; i < extra; i++) {
        *value = *value << 8 | reader->data[reader->at + 1 + i];
    }
    reader->at += 1 + extra;
    return true;
}

// Nothing that the protocol counts needs more than 32 bits.
static bool take_number(struct updraft_cbor_reader *reader, uint8_t wanted, uint32_t *value) {
    uint8_t major;
    uint64_t number;
    if (!take_head(reader, &major, &number) || major != wanted || number > UINT32_MAX) {
        return false;
    }
    *value = (uint32_t)number;
    return true;
}

static bool take_string(struct updraft_cbor_reader *reader, uint8_t wanted, const uint8_t **bytes, size_t *length) {
    uint32_t value;
    if (!take_number(reader, wanted, &value) || value > reader->size - reader->at) {
        return false;
    }
    *bytes = reader->data + reader->at;
    *length = value;
    reader->at += value;
    return true;
}

bool updraft_cbor_read_map(struct updraft_cbor_reader *reader, uint32_t *pairs) {
    return take_number(reader, MAJOR_MAP, pairs);
}

bool updraft_cbor_read_uint(struct updraft_cbor_reader *reader, uint32_t *value) {
    return take_number(reader, MAJOR_UINT, value);
}

bool updraft_cbor_read_bool(struct updraft_cbor_reader *reader, bool *value) {
    uint32_t simple;
    if (!take_number(reader, MAJOR_SIMPLE, &simple) || (simple != SIMPLE_TRUE && simple != SIMPLE_FALSE)) {
        return false;
    }
    *value = simple == SIMPLE_TRUE;
    return true;
}

bool updraft_cbor_read_bytes(struct updraft_cbor_reader *reader, const uint8_t **bytes, size_t *length) {
    return take_string(reader, MAJOR_BYTES, bytes, length);
}

bool updraft_cbor_read_text(struct updraft_cbor_reader *reader, const char **text, size_t *length) {
    const uint8_t *bytes;
    if (!take_string(reader, MAJOR_TEXT, &bytes, length)) {
        return false;
    }
    *text = (const char *)bytes;
    return true;
}

// Counts the items still to be skipped instead of recursing: input must not choose the depth of the stack.
// Every item takes at least one byte, so the count of a container can be checked against what is left.
bool updraft_cbor_skip(struct updraft_cbor_reader *reader) {
    uint64_t items = 1;
    while (items > 0) {
        uint8_t major;
        uint64_t value;
        if (items > reader->size - reader->at || !take_head(reader, &major, &value)) {
            return false;
        }
        items--;
        if (major == MAJOR_BYTES || major == MAJOR_TEXT) {
            if (value > reader->size - reader->at) {
                return false;
            }
            reader->at += (size_t)value;
        } else if (major == MAJOR_ARRAY || major == MAJOR_MAP) {
            if (value > reader->size - reader->at) {
                return false;
            }
            items += major == MAJOR_MAP ? 2 * value : value;
        } else if (major == MAJOR_TAG) {
            items++;
        }
    }
    return true;
}
