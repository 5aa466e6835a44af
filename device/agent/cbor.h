// CBOR (RFC 8949) as the device protocol needs it: definite lengths, no floats, nothing allocated.
// The writer never writes past its buffer; the reader never reads past its input, whatever the input claims.
#ifndef UPDRAFT_AGENT_CBOR_H
#define UPDRAFT_AGENT_CBOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A message under construction. `length` counts on even when the buffer is full, so that `length > size` tells both
// that and how much room was wanted.
struct cbor_writer {
    uint8_t *data;
    size_t size;
    size_t length;
};

void cbor_write_map(struct cbor_writer *writer, uint32_t pairs);
void cbor_write_uint(struct cbor_writer *writer, uint32_t value);
void cbor_write_bool(struct cbor_writer *writer, bool value);
void cbor_write_bytes(struct cbor_writer *writer, const uint8_t *bytes, size_t length);
void cbor_write_text(struct cbor_writer *writer, const char *text);

// Input being taken apart. Each call takes one item and answers false, having moved nowhere useful, when the next item
// is of another kind, is cut short, or has an indefinite length; after a false the message is to be dropped.
struct cbor_reader {
    const uint8_t *data;
    size_t size;
    size_t at;
};

bool cbor_read_map(struct cbor_reader *reader, uint32_t *pairs);
bool cbor_read_uint(struct cbor_reader *reader, uint32_t *value);
bool cbor_read_bytes(struct cbor_reader *reader, const uint8_t **bytes, size_t *length);
bool cbor_read_text(struct cbor_reader *reader, const char **text,
                    size_t *length);        // not NUL-terminated, UTF-8 unchecked
bool cbor_skip(struct cbor_reader *reader); // one whole item, containers included

#endif
