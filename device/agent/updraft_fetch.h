// Brings the bytes of one offer into staging, and goes on after power loss without fetching again what is proven to be
// there.
//
// How far a download is proven is written to the boot state as it goes on, after the bytes were read back. After a
// reset the staged bytes up to the last mark are hashed from staging, and fetching goes on behind them. What staging
// looks like behind the mark says nothing (an interrupted program operation may look complete, or blank), so a block
// that was begun is erased again.
#ifndef UPDRAFT_FETCH_H
#define UPDRAFT_FETCH_H

#include "updraft_digest.h"
#include "updraft_http.h"
#include "updraft_journal.h"
#include "updraft_protocol.h"
#include "updraft_staging.h"

enum updraft_fetch_result {
    UPDRAFT_FETCH_MORE,      // go on
    UPDRAFT_FETCH_COMPLETE,  // staged whole and its SHA-256 is right
    UPDRAFT_FETCH_NETWORK,   // the way to the bytes failed; try again later, nothing is lost
    UPDRAFT_FETCH_GONE,      // these bytes are not to be had there now: ask the server again
    UPDRAFT_FETCH_WITHDRAWN, // the server gives this artifact to this device no more (410)
    UPDRAFT_FETCH_LATER,     // staging was erased so often lately that it has to wait
    UPDRAFT_FETCH_WRONG,     // the SHA-256 is not the offered one; staging counts as empty again
    UPDRAFT_FETCH_FLASH,     // staging or the boot state failed
};

struct updraft_fetch {
    struct updraft_offer offer;
    struct updraft_http_address from;
    const char *path;     // in offer.url
    uint32_t at;          // bytes staged, read back and hashed
    uint32_t marked;      // bytes of which the boot state knows
    uint32_t resumed;     // bytes that were there at the start
    uint32_t left;        // bytes to come of the request under way
    uint32_t skip;        // bytes before them that are staged already: the server does not know ranges
    uint32_t retry_after; // seconds the server asked for, UINT32_MAX: none
    const char *problem;  // what was wrong, for people; NULL: only the status
    uint16_t status;      // of the last answer, 0: there was none
    bool live;            // staging holds `at` bytes of the file below, and what follows them is as it was left
    uint32_t live_size;
    uint8_t live_sha256[32];
    struct updraft_digest sha;
};

struct updraft_fetch_means {
    struct updraft_http_client *http;
    const struct updraft_http_address *server;
    const char *token;
    const struct updraft_staging *staging;
    struct updraft_journal *journal;
    uint8_t *buffer;
    size_t buffer_size;
    uint32_t range; // bytes asked for in one request
};

// Takes up download->offer, from where an earlier attempt got to. `live` is false before the first one since start.
enum updraft_fetch_result updraft_fetch_begin(struct updraft_fetch *download, const struct updraft_fetch_means *means);

// Does a bounded piece: hashes, fetches or passes over one buffer full.
enum updraft_fetch_result updraft_fetch_step(struct updraft_fetch *download, const struct updraft_fetch_means *means);

#endif
