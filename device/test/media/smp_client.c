#include "smp_client.h"

#include <string.h>

// The client's own framing, from the specification: nothing of the server's is used.
static uint16_t slow_crc16(const uint8_t *data, size_t length) {
    uint16_t crc = 0;
    for (size_t i = 0; i < length * 8; i++) {
        unsigned bit = data[i / 8] >> (7 - i % 8) & 1, top = crc >> 15;
        crc = (uint16_t)(crc << 1 ^ (bit ^ top ? 0x1021 : 0));
    }
    return crc;
}

size_t smp_client_frame(const uint8_t *packet, size_t length, uint8_t *line, size_t line_characters) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t raw[2000];
    char text[3000];
    size_t count = 0, at = 0;
    uint16_t crc = slow_crc16(packet, length);
    raw[0] = (uint8_t)((length + 2) >> 8);
    raw[1] = (uint8_t)(length + 2);
    memcpy(raw + 2, packet, length);
    raw[2 + length] = (uint8_t)(crc >> 8);
    raw[3 + length] = (uint8_t)crc;
    for (size_t i = 0; i < length + 4; i += 3) {
        size_t left = length + 4 - i;
        uint32_t v = (uint32_t)raw[i] << 16 | (left > 1 ? raw[i + 1] : 0u) << 8 | (left > 2 ? raw[i + 2] : 0u);
        text[count++] = digits[v >> 18];
        text[count++] = digits[v >> 12 & 63];
        text[count++] = left > 1 ? digits[v >> 6 & 63] : '=';
        text[count++] = left > 2 ? digits[v & 63] : '=';
    }
    for (size_t i = 0; i < count; i += line_characters) {
        line[at++] = i == 0 ? 0x06 : 0x04;
        line[at++] = i == 0 ? 0x09 : 0x14;
        size_t part = count - i < line_characters ? count - i : line_characters;
        memcpy(line + at, text + i, part);
        at += part;
        line[at++] = '\n';
    }
    return at;
}

// Unframes what the server sent last; returns the packet's length, 0 where it is not framed as it should be.
size_t smp_client_unframe(const uint8_t *sent, size_t sent_length, uint8_t *packet) {
    uint8_t raw[3000];
    size_t count = 0;
    uint32_t group = 0;
    unsigned characters = 0, line = 0, padding = 0;
    for (size_t i = 0; i < sent_length;) {
        if (sent[i] != (line == 0 ? 0x06 : 0x04) || sent[i + 1] != (line == 0 ? 0x09 : 0x14))
            return 0;
        size_t start = i;
        for (i += 2; i < sent_length && sent[i] != '\n'; i++) {
            uint8_t c = sent[i];
            unsigned v = c >= 'A' && c <= 'Z'   ? c - 'A'
                         : c >= 'a' && c <= 'z' ? c - 'a' + 26u
                         : c >= '0' && c <= '9' ? c - '0' + 52u
                         : c == '+'             ? 62
                         : c == '/'             ? 63
                         : c == '='             ? 0
                                                : 99;
            if (v == 99)
                return 0;
            padding += c == '=';
            group = group << 6 | v;
            if (++characters == 4) {
                raw[count++] = (uint8_t)(group >> 16);
                raw[count++] = (uint8_t)(group >> 8);
                raw[count++] = (uint8_t)group;
                characters = 0;
            }
        }
        if (i == sent_length || characters != 0 || i - start > 126)
            return 0;
        i++;
        line++;
    }
    count -= padding;
    if (count < 4 || (size_t)(raw[0] << 8 | raw[1]) != count - 2 || slow_crc16(raw + 2, count - 2) != 0)
        return 0;
    memcpy(packet, raw + 2, count - 4);
    return count - 4;
}

// An upload request. `total` 0 leaves "len" out.
size_t smp_client_upload(uint8_t *packet, uint32_t total, uint32_t offset, const uint8_t *data, uint32_t length) {
    uint8_t *at = packet + 8;
    *at++ = 0xBF;
    memcpy(at, "\x63off\x1a", 5);
    at += 5;
    for (int shift = 24; shift >= 0; shift -= 8)
        *at++ = (uint8_t)(offset >> shift);
    if (total != 0) {
        memcpy(at, "\x63len\x1a", 5);
        at += 5;
        for (int shift = 24; shift >= 0; shift -= 8)
            *at++ = (uint8_t)(total >> shift);
        memcpy(at, "\x63sha\x43xyz\x67upgrade\xf5\x65image\x00", 24);
        at += 24;
    }
    memcpy(at,
           "\x64"
           "data\x59",
           6);
    at += 6;
    *at++ = (uint8_t)(length >> 8);
    *at++ = (uint8_t)length;
    memcpy(at, data, length);
    at += length;
    *at++ = 0xFF;
    size_t content = (size_t)(at - packet) - 8;
    memcpy(packet, (const uint8_t[]){0x0A, 0, (uint8_t)(content >> 8), (uint8_t)content, 0, 1, 5, 1}, 8);
    return (size_t)(at - packet);
}
