// CBOR (RFC 8949) as the device protocol needs it: definite lengths, no floats, nothing allocated.
// The writer never writes past its buffer; the reader never reads past its input, whatever the input claims.
#ifndef UPDRAFT_CBOR_H
#define UPDRAFT_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A message under construction. `length` counts on even when the buffer is full, so that `length > size` tells both
// that and how much room was wanted.
struct updraft_cbor_writer {
    uint8_t *data;
    size_t size;
    size_t length;
};

void updraft_cbor_write_map(struct updraft_cbor_writer *writer, uint32_t pairs);
void updraft_cbor_write_uint(struct updraft_cbor_writer *writer, uint32_t value);
void updraft_cbor_write_bool(struct updraft_cbor_writer *writer, bool value);
void updraft_cbor_write_bytes(struct updraft_cbor_writer *writer, const uint8_t *bytes, size_t length);
void updraft_cbor_write_text(struct updraft_cbor_writer *writer, const char *text);

// Input being taken apart. Each call takes one item and answers false, having moved nowhere useful, when the next item
// is of another kind, is cut short, or has an indefinite length; after a false the message is to be dropped.
struct updraft_cbor_reader {
    const uint8_t *data;
    size_t size;
    size_t at;
};

bool updraft_cbor_read_map(struct updraft_cbor_reader *reader, uint32_t *pairs);
bool updraft_cbor_read_uint(struct updraft_cbor_reader *reader, uint32_t *value);
bool updraft_cbor_read_bool(struct updraft_cbor_reader *reader, bool *value);
bool updraft_cbor_read_bytes(struct updraft_cbor_reader *reader, const uint8_t **bytes, size_t *length);
bool updraft_cbor_read_text(struct updraft_cbor_reader *reader, const char **text,
                            size_t *length);                // not NUL-terminated, UTF-8 unchecked
bool updraft_cbor_skip(struct updraft_cbor_reader *reader); // one whole item, containers included

#endif
