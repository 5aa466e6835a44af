// Brings the bytes of one offer into staging, and goes on after power loss without fetching again what is proven to be
// there.
//
// How far a download is proven is written to the boot state as it goes on, after the bytes were read back. After a
// reset the staged bytes up to the last mark are hashed from staging, and fetching goes on behind them. What staging
// looks like behind the mark says nothing (an interrupted program operation may look complete, or blank), so a block
// that was begun is erased again.
#ifndef UPDRAFT_AGENT_DOWNLOAD_H
#define UPDRAFT_AGENT_DOWNLOAD_H

#include "http.h"
#include "journal.h"
#include "protocol.h"
#include "staging.h"
#include "updraft_digest.h"

enum download_result {
    DOWNLOAD_MORE,     // go on
    DOWNLOAD_COMPLETE, // staged whole and its SHA-256 is right
    DOWNLOAD_NETWORK,  // the way to the bytes failed; try again later, nothing is lost
    DOWNLOAD_GONE,     // the server does not have (or does not give) these bytes
    DOWNLOAD_WRONG,    // the SHA-256 is not the offered one; staging counts as empty again
    DOWNLOAD_FLASH,    // staging or the log failed
};

struct download {
    struct offer offer;
    struct http_address from;
    const char *path;     // in offer.url
    uint32_t at;          // bytes staged, read back and hashed
    uint32_t marked;      // bytes of which the log knows
    uint32_t resumed;     // bytes that were there at the start
    uint32_t left;        // bytes to come of the request under way
    uint32_t retry_after; // seconds the server asked for, UINT32_MAX: none
    uint32_t wrong;       // how often the SHA-256 of this file was wrong
    struct updraft_digest sha;
};

struct download_means {
    struct http_client *http;
    const struct http_address *server;
    const char *token;
    const struct updraft_staging *staging;
    struct journal *journal;
    uint8_t *buffer;
    size_t buffer_size;
    uint32_t range; // bytes asked for in one request
};

// Takes up download->offer, from where an earlier attempt got to.
enum download_result download_begin(struct download *download, const struct download_means *means);

// Does a bounded piece: hashes, or fetches, one buffer full.
enum download_result download_step(struct download *download, const struct download_means *means);

#endif
