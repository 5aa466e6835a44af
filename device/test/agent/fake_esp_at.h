// An ESP-AT module for tests of the driver, on one simulated UART: single connection, passive receive, a scripted peer
// that answers each request with the next text, and one fault. Independent of the emulator's module, and much simpler.
#ifndef UPDRAFT_TEST_FAKE_ESP_AT_H
#define UPDRAFT_TEST_FAKE_ESP_AT_H

#include "esp_at.h"

enum fake_fault {
    FAULT_NONE,
    FAULT_DROP_BYTE,  // the fault_at-th byte to the host is lost
    FAULT_BUSY,       // commands from the fault_at-th on are answered "busy p..." three times
    FAULT_RESTART,    // the module resets itself at the fault_at-th command
    FAULT_DISCONNECT, // WIFI DISCONNECT and CLOSED come at the fault_at-th command
    FAULT_SILENT_SEND // the fault_at-th SEND OK is missing
};

struct fake_esp_at {
    // what the test sets
    const char *answers[8];   // one a request; NULL: the peer stays silent
    size_t answer_lengths[8]; // where they hold NULs
    bool close_after_answer;  // the peer closes behind each answer, with data unread
    bool old_firmware;        // CIPRECVMODE only
    bool no_passive;          // neither
    bool no_first_notice;     // espressif/esp-at issue 294
    const char *join_error;   // "+CWJAP:2"
    enum fake_fault fault;
    uint32_t fault_at;
    // what it counts
    uint32_t clock, commands, emitted, sends, joins, connects;
    char sent[4096];
    size_t sent_length;
    // inside
    char out[65536];
    size_t out_length, out_at;
    char line[320];
    size_t line_length, payload_left;
    char pending[16384];
    size_t pending_length, pending_at;
    int next_answer;
    bool joined, open, closed_withheld, passive;
    uint8_t busy_left;
};

struct updraft_esp_at_port fake_esp_at_port(struct fake_esp_at *fake);

#endif
