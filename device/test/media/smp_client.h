// What an SMP client sends and takes apart, written from the protocol and not from the server.
#ifndef UPDRAFT_TEST_SMP_CLIENT_H
#define UPDRAFT_TEST_SMP_CLIENT_H

#include <stddef.h>
#include <stdint.h>

// Puts a packet into lines of at most `line_characters` of base64; returns their length.
size_t smp_client_frame(const uint8_t *packet, size_t length, uint8_t *line, size_t line_characters);

// Takes the one packet out of what the server sent; returns its length, 0 where it is not framed as it should be.
size_t smp_client_unframe(const uint8_t *sent, size_t sent_length, uint8_t *packet);

// An upload request of version 2. `total` 0 leaves "len" out, as clients do behind the first piece.
size_t smp_client_upload(uint8_t *packet, uint32_t total, uint32_t offset, const uint8_t *data, uint32_t length);

#endif
