// The messages of docs/reference/device-protocol.md, in CBOR.
#ifndef UPDRAFT_PROTOCOL_H
#define UPDRAFT_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    UPDRAFT_PROTOCOL_VERSION_MAX = 31, // characters of a version text
    UPDRAFT_PROTOCOL_URL_MAX = 1024,
    UPDRAFT_PROTOCOL_CHECK_IN_MAX = 192, // bytes that hold any check-in
    UPDRAFT_PROTOCOL_REPORT_MAX = 224,   // ... any report whose detail has up to 100 characters
};

enum { UPDRAFT_CAN_HEATSHRINK = 1, UPDRAFT_CAN_ENCRYPTED = 2, UPDRAFT_CAN_DELTA = 4 };

struct updraft_check_in {
    const uint8_t *digest; // 32 bytes: what runs
    const char *version;
    const char *board;
    uint32_t staging_size; // bytes that staging takes
    uint32_t capabilities; // sum of CAN_...
    bool trial;
    uint32_t counter;
};

enum updraft_offer_kind { UPDRAFT_OFFER_IMAGE = 0, UPDRAFT_OFFER_DELTA = 1 };

struct updraft_offer {
    uint8_t digest[32]; // what must run afterwards
    uint8_t sha256[32]; // of the bytes at the URL
    uint32_t size;      // how many they are
    uint32_t kind;      // enum updraft_offer_kind
    bool again;         // an operator wants it tried though this device gave it up
    char version[UPDRAFT_PROTOCOL_VERSION_MAX + 1];
    char url[UPDRAFT_PROTOCOL_URL_MAX + 1];
};

enum updraft_report_event {
    UPDRAFT_REPORT_DOWNLOADING = 1,
    UPDRAFT_REPORT_DOWNLOADED = 2,
    UPDRAFT_REPORT_INSTALLING = 3,
    UPDRAFT_REPORT_TRIAL = 4,
    UPDRAFT_REPORT_CONFIRMED = 5,
    UPDRAFT_REPORT_ROLLED_BACK = 6,
    UPDRAFT_REPORT_REFUSED = 7,
    UPDRAFT_REPORT_FAILED = 8,
};

struct updraft_report {
    uint32_t seq; // 0: not numbered
    enum updraft_report_event event;
    const uint8_t *digest; // 32 bytes: the image it is about
    const char *reason;    // NULL: none
    const char *detail;    // NULL: none
};

// Both answer the message's length, 0 when it does not fit.
size_t updraft_check_in_write(const struct updraft_check_in *check_in, uint8_t *data, size_t size);
size_t updraft_report_write(const struct updraft_report *report, uint8_t *data, size_t size);

// False for anything that is not exactly one well-formed offer; keys it does not know are skipped.
bool updraft_offer_read(struct updraft_offer *offer, const uint8_t *data, size_t size);

#endif
