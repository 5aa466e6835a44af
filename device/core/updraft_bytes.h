// Little-endian numbers out of unaligned bytes.
#ifndef UPDRAFT_BYTES_H
#define UPDRAFT_BYTES_H

#include <stdint.h>

static inline uint16_t updraft_u16(const uint8_t *bytes) {
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static inline uint32_t updraft_u32(const uint8_t *bytes) {
    return (uint32_t)updraft_u16(bytes) | (uint32_t)updraft_u16(bytes + 2) << 16;
}

#endif
