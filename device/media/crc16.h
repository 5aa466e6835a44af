// CRC-16/XMODEM (polynomial 0x1021, start 0, no reflection): what SD cards put behind data blocks (SD Physical Layer
// Simplified Specification 4.5) and SMP behind packets on a console. Check value of "123456789": 0x31C3.
#ifndef UPDRAFT_MEDIA_CRC16_H
#define UPDRAFT_MEDIA_CRC16_H

#include <stddef.h>
#include <stdint.h>

// The CRC of what `crc` covers followed by `length` bytes of `data`; start with 0.
uint16_t updraft_crc16_add(uint16_t crc, const uint8_t *data, size_t length);

#endif
