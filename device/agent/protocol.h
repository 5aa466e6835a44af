// The messages of docs/reference/device-protocol.md, in CBOR.
#ifndef UPDRAFT_AGENT_PROTOCOL_H
#define UPDRAFT_AGENT_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROTOCOL_VERSION_MAX = 31, // characters of a version text
    PROTOCOL_URL_MAX = 255,
    PROTOCOL_CHECK_IN_MAX = 192, // bytes that hold any check-in
    PROTOCOL_REPORT_MAX = 224,   // ... any report whose detail has up to 100 characters
};

enum { CAN_HEATSHRINK = 1, CAN_ENCRYPTED = 2, CAN_DELTA = 4 };

struct check_in {
    const uint8_t *digest; // 32 bytes: what runs
    const char *version;
    const char *board;
    uint32_t room; // bytes that staging takes
    uint32_t can;  // sum of CAN_...
    bool trial;
    uint32_t counter;
};

enum offer_kind { OFFER_IMAGE = 0, OFFER_DELTA = 1 };

struct offer {
    uint8_t digest[32]; // what must run afterwards
    uint8_t sha256[32]; // of the bytes at the URL
    uint32_t size;      // how many they are
    uint32_t kind;      // enum offer_kind
    char version[PROTOCOL_VERSION_MAX + 1];
    char url[PROTOCOL_URL_MAX + 1];
};

enum report_event {
    REPORT_DOWNLOADING = 1,
    REPORT_DOWNLOADED = 2,
    REPORT_INSTALLING = 3,
    REPORT_TRIAL = 4,
    REPORT_CONFIRMED = 5,
    REPORT_ROLLED_BACK = 6,
    REPORT_REFUSED = 7,
    REPORT_FAILED = 8,
};

struct report {
    uint32_t seq; // 0: not numbered
    enum report_event event;
    const uint8_t *digest; // 32 bytes: the image it is about
    const char *reason;    // NULL: none
    const char *detail;    // NULL: none
};

// Both answer the message's length, 0 when it does not fit.
size_t check_in_write(const struct check_in *check_in, uint8_t *data, size_t size);
size_t report_write(const struct report *report, uint8_t *data, size_t size);

// False for anything that is not exactly one well-formed offer; keys it does not know are skipped.
bool offer_read(struct offer *offer, const uint8_t *data, size_t size);

#endif
