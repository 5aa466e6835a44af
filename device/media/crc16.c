#include "crc16.h"

uint16_t updraft_crc16_add(uint16_t crc, const uint8_t *data, size_t length) {
    // Byte-wise without a table: eight steps of the shift register folded into xors.
    while (length-- > 0) {
        crc = (uint16_t)((crc >> 8) | (crc << 8));
        crc ^= *data++;
        crc ^= (crc & 0xFFu) >> 4;
        crc ^= (uint16_t)(crc << 12);
        crc ^= (uint16_t)((crc & 0xFFu) << 5);
    }
    return crc;
}
