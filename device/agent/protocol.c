#include "updraft_protocol.h"

#include "updraft_cbor.h"

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
enum { OFFER_DIGEST = 1, OFFER_VERSION, OFFER_URL, OFFER_SIZE, OFFER_SHA256, OFFER_KIND, OFFER_AGAIN, OFFER_KEYS };
enum { REPORT_SEQ = 1, REPORT_EVENT, REPORT_DIGEST, REPORT_REASON, REPORT_DETAIL };

static size_t whole(const struct updraft_cbor_writer *writer) {
    return writer->length <= writer->size ? writer->length : 0;
}

size_t updraft_check_in_write(const struct updraft_check_in *check_in, uint8_t *data, size_t size) {
    struct updraft_cbor_writer writer = {.data = data, .size = size};
    updraft_cbor_write_map(&writer, 5 + (check_in->trial ? 1 : 0) + (check_in->counter > 0 ? 1 : 0));
    updraft_cbor_write_uint(&writer, CHECK_IN_DIGEST);
    updraft_cbor_write_bytes(&writer, check_in->digest, 32);
    updraft_cbor_write_uint(&writer, CHECK_IN_VERSION);
    updraft_cbor_write_text(&writer, check_in->version);
    updraft_cbor_write_uint(&writer, CHECK_IN_BOARD);
    updraft_cbor_write_text(&writer, check_in->board);
    updraft_cbor_write_uint(&writer, CHECK_IN_ROOM);
    updraft_cbor_write_uint(&writer, check_in->staging_size);
    updraft_cbor_write_uint(&writer, CHECK_IN_CAN);
    updraft_cbor_write_uint(&writer, check_in->capabilities);
    if (check_in->trial) {
        updraft_cbor_write_uint(&writer, CHECK_IN_TRIAL);
        updraft_cbor_write_bool(&writer, true);
    }
    if (check_in->counter > 0) {
        updraft_cbor_write_uint(&writer, CHECK_IN_COUNTER);
        updraft_cbor_write_uint(&writer, check_in->counter);
    }
    return whole(&writer);
}

size_t updraft_report_write(const struct updraft_report *report, uint8_t *data, size_t size) {
    struct updraft_cbor_writer writer = {.data = data, .size = size};
    updraft_cbor_write_map(&writer, 3 + (report->reason != NULL ? 1 : 0) + (report->detail != NULL ? 1 : 0));
    updraft_cbor_write_uint(&writer, REPORT_SEQ);
    updraft_cbor_write_uint(&writer, report->seq);
    updraft_cbor_write_uint(&writer, REPORT_EVENT);
    updraft_cbor_write_uint(&writer, (uint32_t)report->event);
    updraft_cbor_write_uint(&writer, REPORT_DIGEST);
    updraft_cbor_write_bytes(&writer, report->digest, 32);
    if (report->reason != NULL) {
        updraft_cbor_write_uint(&writer, REPORT_REASON);
        updraft_cbor_write_text(&writer, report->reason);
    }
    if (report->detail != NULL) {
        updraft_cbor_write_uint(&writer, REPORT_DETAIL);
        updraft_cbor_write_text(&writer, report->detail);
    }
    return whole(&writer);
}

static bool read_hash(struct updraft_cbor_reader *reader, uint8_t hash[32]) {
    const uint8_t *bytes;
    size_t length;
    if (!updraft_cbor_read_bytes(reader, &bytes, &length) || length != 32) {
        return false;
    }
    memcpy(hash, bytes, 32);
    return true;
}

// Only printable ASCII without blanks: what is read here is later written into a request line or onto a console.
static bool read_text(struct updraft_cbor_reader *reader, char *text, size_t max) {
    const char *bytes;
    size_t length;
    if (!updraft_cbor_read_text(reader, &bytes, &length) || length == 0 || length > max) {
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

bool updraft_offer_read(struct updraft_offer *offer, const uint8_t *data, size_t size) {
    struct updraft_cbor_reader reader = {.data = data, .size = size};
    uint32_t pairs, seen = 0;
    memset(offer, 0, sizeof *offer);
    if (!updraft_cbor_read_map(&reader, &pairs)) {
        return false;
    }
    while (pairs-- > 0) {
        uint32_t key;
        if (!updraft_cbor_read_uint(&reader, &key) || (key < OFFER_KEYS && (seen & 1U << key) != 0)) {
            return false;
        }
        seen |= key < OFFER_KEYS ? 1U << key : 0;
        bool good = key == OFFER_DIGEST    ? read_hash(&reader, offer->digest)
                    : key == OFFER_VERSION ? read_text(&reader, offer->version, UPDRAFT_PROTOCOL_VERSION_MAX)
                    : key == OFFER_URL     ? read_text(&reader, offer->url, UPDRAFT_PROTOCOL_URL_MAX)
                    : key == OFFER_SIZE    ? updraft_cbor_read_uint(&reader, &offer->size)
                    : key == OFFER_SHA256  ? read_hash(&reader, offer->sha256)
                    : key == OFFER_KIND    ? updraft_cbor_read_uint(&reader, &offer->kind)
                    : key == OFFER_AGAIN   ? updraft_cbor_read_bool(&reader, &offer->again)
                                           : updraft_cbor_skip(&reader);
        if (!good) {
            return false;
        }
    }
    uint32_t needed =
        1U << OFFER_DIGEST | 1U << OFFER_VERSION | 1U << OFFER_URL | 1U << OFFER_SIZE | 1U << OFFER_SHA256;
    return (seen & needed) == needed && reader.at == size && offer->size > 0;
}
