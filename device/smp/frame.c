#include "updraft_smp_frame.h"

#include "../media/crc16.h"

enum {
    FIRST_LINE = 0x06,
    FIRST_LINE_2 = 0x09,
    NEXT_LINE = 0x04,
    NEXT_LINE_2 = 0x14,
    LINE_BYTES = 93, // what 124 characters of base64 hold
    CHARACTERS = 64,
};

// RFC 4648, section 4.
static char character(unsigned value) {
    return (char)(value < 26    ? 'A' + value
                  : value < 52  ? 'a' + value - 26
                  : value < 62  ? '0' + value - 52
                  : value == 62 ? '+'
                                : '/');
}

static void drop(struct updraft_smp_frame_reader *reader) {
    reader->inside = false;
    reader->length = 0;
}

static void take_character(struct updraft_smp_frame_reader *reader, uint8_t *buffer, uint32_t size, uint8_t byte) {
    unsigned value = 0;
    if (byte == '=')
        return; // what is wrong in the padding the CRC finds
    while (character(value) != byte) {
        if (++value == CHARACTERS) {
            drop(reader);
            return;
        }
    }
    reader->bits = reader->bits << 6 | value;
    // Each character but the first of four completes a byte.
    unsigned left = 6 - 2 * (reader->characters++ & 3); // bits that the next byte begins with
    if (left == 6)
        return;
    if (reader->length == size)
        drop(reader);
    else
        buffer[reader->length++] = (uint8_t)(reader->bits >> left);
}

// At the end of a line: the length of the packet, when it is complete and right.
static unsigned end_line(struct updraft_smp_frame_reader *reader, const uint8_t *buffer) {
    reader->inside = false;
    if (reader->length < UPDRAFT_SMP_FRAME_OVERHEAD)
        return 0;
    unsigned length = reader->length - UPDRAFT_SMP_FRAME_HEAD;
    if ((unsigned)(buffer[0] << 8 | buffer[1]) != length)
        return 0; // more lines follow
    drop(reader);
    // A CRC over data and its own CRC is 0.
    return updraft_crc16_add(0, buffer + UPDRAFT_SMP_FRAME_HEAD, length) == 0 ? length - UPDRAFT_SMP_FRAME_HEAD : 0;
}

unsigned updraft_smp_frame_take(struct updraft_smp_frame_reader *reader, uint8_t *buffer, uint32_t size, uint8_t byte) {
    // None of the bytes that rule lines is a character of base64, so each means the same wherever it stands: a line
    // that was cut off does not take the next one with it.
    if (byte == FIRST_LINE || byte == NEXT_LINE) {
        if (byte == FIRST_LINE)
            drop(reader);
        reader->inside = byte == FIRST_LINE || reader->length > 0;
        reader->characters = 0;
    } else if (!reader->inside || byte == FIRST_LINE_2 || byte == NEXT_LINE_2 || byte == '\r') {
        return 0;
    } else if (byte == '\n') {
        return end_line(reader, buffer);
    } else {
        take_character(reader, buffer, size, byte);
    }
    return 0;
}

void updraft_smp_frame_send(uint8_t *buffer, unsigned length, void (*put)(void *context, uint8_t byte), void *context) {
    unsigned crc = updraft_crc16_add(0, buffer + UPDRAFT_SMP_FRAME_HEAD, length),
             end = length + UPDRAFT_SMP_FRAME_OVERHEAD;
    buffer[0] = (uint8_t)((end - UPDRAFT_SMP_FRAME_HEAD) >> 8);
    buffer[1] = (uint8_t)(end - UPDRAFT_SMP_FRAME_HEAD);
    buffer[end - 2] = (uint8_t)(crc >> 8);
    buffer[end - 1] = (uint8_t)crc;
    for (unsigned at = 0; at < end; at += 3) {
        if (at % LINE_BYTES == 0) {
            if (at != 0)
                put(context, '\n');
            put(context, at == 0 ? FIRST_LINE : NEXT_LINE);
            put(context, at == 0 ? FIRST_LINE_2 : NEXT_LINE_2);
        }
        // Each character is of the bits of two neighbouring bytes.
        unsigned bits = 0;
        for (unsigned i = 0; i < 4; i++) {
            bits = bits << 8 | (at + i < end ? buffer[at + i] : 0u);
            put(context, at + i > end ? '=' : (uint8_t)character(bits >> (2 + 2 * i) & 63));
        }
    }
    put(context, '\n');
}
