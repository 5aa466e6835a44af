// An ESP-AT module for tests of the driver, on one simulated UART: single connection, passive receive, a scripted peer
// that answers each request with the next text, and one fault. Independent of the emulator's module, and much simpler.
#ifndef UPDRAFT_TEST_FAKE_ESP_AT_H
#define UPDRAFT_TEST_FAKE_ESP_AT_H

#include "net/esp_at/esp_at.h"

enum fake_fault {
    FAULT_NONE,
    FAULT_DROP,           // fault_run bytes to the host from the fault_at-th on are lost
    FAULT_DOUBLE,         // fault_run bytes to the host from the fault_at-th on come twice
    FAULT_DROP_SENT,      // the fault_at-th byte from the host is lost
    FAULT_DOUBLE_SENT,    // ... comes twice
    FAULT_DOUBLE_LINE,    // what the module says with its fault_at-th saying comes twice
    FAULT_GLUE,           // the line ends of the fault_at-th saying are lost
    FAULT_NOTICE,         // a notice that has nothing to do with it comes before the fault_at-th saying
    FAULT_BUSY,           // commands from the fault_at-th on are answered "busy p..." three times
    FAULT_RESTART,        // the module resets itself at the fault_at-th command
    FAULT_SILENT_RESTART, // ... and its "ready" is lost
    FAULT_DISCONNECT,     // WIFI DISCONNECT and CLOSED come at the fault_at-th command
    FAULT_SILENT_SEND     // the fault_at-th SEND OK is missing
};

struct fake_esp_at {
    // what the test sets
    const char *answers[8];   // one a request; NULL: the peer stays silent
    size_t answer_lengths[8]; // where they hold NULs
    bool close_after_answer;  // the peer closes behind each answer, with data unread
    bool old_firmware;        // CIPRECVMODE only
    bool no_passive;          // neither
    bool no_first_notice;     // espressif/esp-at issue 294
    bool no_flow_control;     // AT+UART_CUR is answered OK and changes nothing
    bool no_verification;     // no CIPSSLCCONF
    bool short_tail;          // one line end less behind data
    bool miscounts;           // gives fewer bytes than it says
    uint32_t memory;          // CIPRECVDATA of more is an ERROR; 0: no limit
    const char *join_error;   // "+CWJAP:2"
    bool says_fail;           // FAIL behind it, as older firmware does, not ERROR
    enum fake_fault fault;
    uint32_t fault_at, fault_run;
    // what it counts
    uint32_t clock, commands, emitted, taken, sayings, sends, joins, connects;
    char sent[4096];
    size_t sent_length;
    char commands_seen[4096]; // one a line
    // inside
    char out[262144];
    size_t out_length, out_at;
    char line[320];
    size_t line_length, payload_left, payload_size;
    char pending[16384];
    size_t pending_length, pending_at;
    int next_answer;
    bool joined, open, closed_withheld, passive, echo, flow_control, verifies, told;
    uint8_t busy_left;
};

struct updraft_at_port fake_esp_at_port(struct fake_esp_at *fake);

#endif
