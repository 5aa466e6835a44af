// A server of the device protocol on a real socket of this PC, in a thread, that can be made to fail. One at a time.
#ifndef UPDRAFT_TEST_TINY_SERVER_H
#define UPDRAFT_TEST_TINY_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TINY_REPORTS_MAX = 256 };

struct tiny_server {
    // what the test sets, between two requests
    const uint8_t *offer; // CBOR; NULL: nothing to do
    size_t offer_length;
    const uint8_t *file;
    size_t file_length;
    unsigned next_check_in;
    bool asks_at_once;        // Next-Check-In: 0
    unsigned check_in_status; // 0: 200 or 204
    unsigned offers_left;     // one more than the check-ins that get the offer, further ones get 204; 0: all of them
    unsigned report_status;   // 0: 204
    unsigned file_status;     // 0: 206
    const char *file_fields;  // more fields of that answer, each with its line end; NULL: none
    bool knows_no_ranges;     // the whole file, with 200
    unsigned retry_after;     // 0: not given
    unsigned cut_after;       // the connection is closed behind that many bytes of a file's answer; 0: never
    unsigned cuts_left;       // how often
    unsigned lose_acknowledgements; // that many reports are taken, and the connection closed instead of answered
    bool close_always;              // after each answer
    // what it saw
    unsigned check_ins, fetches, connections;
    size_t fetched; // bytes of the file sent
    struct {
        uint32_t seq, event;
        char reason[16], detail[112];
    } reports[TINY_REPORTS_MAX]; // as they came, repeated ones included
    unsigned report_count;
};

// Starts it, on a port of the loopback interface that the system chooses; answers the port, 0 when that fails.
uint16_t tiny_server_start(struct tiny_server *server);
void tiny_server_stop(void);

#endif
