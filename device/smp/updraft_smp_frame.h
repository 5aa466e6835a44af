// SMP packets on a console line, as mcumgr tools and MCUboot's serial recovery frame them: base64 of length, packet and
// CRC-16, cut into lines of at most 127 bytes that begin with 06 09 (first) or 04 14 (following). Anything else on the
// wire is skipped.
#ifndef UPDRAFT_SMP_FRAME_H
#define UPDRAFT_SMP_FRAME_H

#include <stdbool.h>
#include <stdint.h>

enum {
    UPDRAFT_SMP_FRAME_HEAD = 2,     // bytes before the packet in the buffer: its length plus the CRC's, big-endian
    UPDRAFT_SMP_FRAME_OVERHEAD = 4, // with the CRC behind it
};

// What has been read of a packet so far; starts as zeros.
struct updraft_smp_frame_reader {
    uint32_t length;    // bytes in the buffer
    uint32_t bits;      // of the characters so far, the last ones lowest
    uint8_t characters; // of the line, of which only those behind the last whole four count
    bool inside;        // a line of ours
};

// Takes a byte from the wire. Returns the length of the packet at buffer + UPDRAFT_SMP_FRAME_HEAD when it completes one
// whose CRC is right; 0 otherwise. Packets that do not fit into `size` bytes are dropped.
unsigned updraft_smp_frame_take(struct updraft_smp_frame_reader *reader, uint8_t *buffer, uint32_t size, uint8_t byte);

// Sends the packet of `length` bytes at buffer + UPDRAFT_SMP_FRAME_HEAD; the buffer has room for
// UPDRAFT_SMP_FRAME_OVERHEAD bytes more.
void updraft_smp_frame_send(uint8_t *buffer, unsigned length, void (*put)(void *context, uint8_t byte), void *context);

#endif
