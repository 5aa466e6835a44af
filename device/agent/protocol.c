#include "protocol.h"

#include "cbor.h"

#include <string.h>

enum {
    CHECK_IN_DIGEST = 1,
    CHECK_IN_VERSION,
    CHECK_IN_BOARD,
    CHECK_IN_ROOM,
    CHECK_IN_CAN,
    CHECK_IN_TRIAL,
    CHECK_IN_COUNTER
};
enum { OFFER_DIGEST = 1, OFFER_VERSION, OFFER_URL, OFFER_SIZE, OFFER_SHA256, OFFER_KIND, OFFER_KEYS };
enum { REPORT_SEQ = 1, REPORT_EVENT, REPORT_DIGEST, REPORT_REASON, REPORT_DETAIL };

static size_t whole(const struct cbor_writer *writer) {
    return writer->length <= writer->size ? writer->length : 0;
}

size_t check_in_write(const struct check_in *check_in, uint8_t *data, size_t size) {
    struct cbor_writer writer = {.data = data, .size = size};
    cbor_write_map(&writer, 5 + (check_in->trial ? 1 : 0) + (check_in->counter > 0 ? 1 : 0));
    cbor_write_uint(&writer, CHECK_IN_DIGEST);
    cbor_write_bytes(&writer, check_in->digest, 32);
    cbor_write_uint(&writer, CHECK_IN_VERSION);
    cbor_write_text(&writer, check_in->version);
    cbor_write_uint(&writer, CHECK_IN_BOARD);
    cbor_write_text(&writer, check_in->board);
    cbor_write_uint(&writer, CHECK_IN_ROOM);
    cbor_write_uint(&writer, check_in->room);
    cbor_write_uint(&writer, CHECK_IN_CAN);
    cbor_write_uint(&writer, check_in->can);
    if (check_in->trial) {
        cbor_write_uint(&writer, CHECK_IN_TRIAL);
        cbor_write_bool(&writer, true);
    }
    if (check_in->counter > 0) {
        cbor_write_uint(&writer, CHECK_IN_COUNTER);
        cbor_write_uint(&writer, check_in->counter);
    }
    return whole(&writer);
}

size_t report_write(const struct report *report, uint8_t *data, size_t size) {
    struct cbor_writer writer = {.data = data, .size = size};
    cbor_write_map(&writer, 3 + (report->reason != NULL ? 1 : 0) + (report->detail != NULL ? 1 : 0));
    cbor_write_uint(&writer, REPORT_SEQ);
    cbor_write_uint(&writer, report->seq);
    cbor_write_uint(&writer, REPORT_EVENT);
    cbor_write_uint(&writer, (uint32_t)report->event);
    cbor_write_uint(&writer, REPORT_DIGEST);
    cbor_write_bytes(&writer, report->digest, 32);
    if (report->reason != NULL) {
        cbor_write_uint(&writer, REPORT_REASON);
        cbor_write_text(&writer, report->reason);
    }
    if (report->detail != NULL) {
        cbor_write_uint(&writer, REPORT_DETAIL);
        cbor_write_text(&writer, report->detail);
    }
    return whole(&writer);
}

static bool read_hash(struct cbor_reader *reader, uint8_t hash[32]) {
    const uint8_t *bytes;
    size_t length;
    if (!cbor_read_bytes(reader, &bytes, &length) || length != 32) {
        return false;
    }
    memcpy(hash, bytes, 32);
    return true;
}

// Only printable ASCII without blanks: what is read here is later written into a request line or onto a console.
static bool read_text(struct cbor_reader *reader, char *text, size_t max) {
    const char *bytes;
    size_t length;
    if (!cbor_read_text(reader, &bytes, &length) || length == 0 || length > max) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] <= ' ' || bytes[i] > '~') {
            return false;
        }
        text[i] = bytes[i];
    }
    text[length] = '\0';
    return true;
}

bool offer_read(struct offer *offer, const uint8_t *data, size_t size) {
    struct cbor_reader reader = {.data = data, .size = size};
    uint32_t pairs, seen = 0;
    memset(offer, 0, sizeof *offer);
    if (!cbor_read_map(&reader, &pairs)) {
        return false;
    }
    while (pairs-- > 0) {
        uint32_t key;
        if (!cbor_read_uint(&reader, &key) || (key < OFFER_KEYS && (seen & 1U << key) != 0)) {
            return false;
        }
        seen |= key < OFFER_KEYS ? 1U << key : 0;
        bool good = key == OFFER_DIGEST    ? read_hash(&reader, offer->digest)
                    : key == OFFER_VERSION ? read_text(&reader, offer->version, PROTOCOL_VERSION_MAX)
                    : key == OFFER_URL     ? read_text(&reader, offer->url, PROTOCOL_URL_MAX)
                    : key == OFFER_SIZE    ? cbor_read_uint(&reader, &offer->size)
                    : key == OFFER_SHA256  ? read_hash(&reader, offer->sha256)
                    : key == OFFER_KIND    ? cbor_read_uint(&reader, &offer->kind)
                                           : cbor_skip(&reader);
        if (!good) {
            return false;
        }
    }
    uint32_t needed =
        1U << OFFER_DIGEST | 1U << OFFER_VERSION | 1U << OFFER_URL | 1U << OFFER_SIZE | 1U << OFFER_SHA256;
    return (seen & needed) == needed && reader.at == size && offer->size > 0;
}
