#include "updraft_fetch.h"

#include <string.h>

enum { MARK_INTERVAL = 8 * 1024 }; // bytes between two marks in the log, at least: what a power cut costs at most

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static bool mark(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    if (!updraft_journal_mark(means->journal, download->at)) {
        return false;
    }
    download->marked = download->at;
    return true;
}

static enum updraft_fetch_result start_over(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    download->at = download->resumed = 0;
    download->marked = 0;
    updraft_digest_begin(&download->sha);
    return updraft_journal_begin(means->journal, &download->offer) ? UPDRAFT_FETCH_MORE : UPDRAFT_FETCH_FLASH;
}

// Makes the block that was begun, and of which `proven` bytes count, fit to be continued: what stands behind them
// cannot be told, so they are copied aside, the block is erased, and they are copied back. The log says in between that
// they stand aside.
static bool renew_block(const struct updraft_fetch_means *means, uint32_t start, uint32_t proven) {
    const struct updraft_staging *staging = means->staging;
    if (!updraft_journal_kept(means->journal)) {
        if (updraft_boot_state_make_durable(&means->journal->log) != UPDRAFT_OK ||
            !staging->keep(staging->context, start, proven) || !updraft_journal_keep(means->journal, true)) {
            return false;
        }
    }
    return staging->put_back(staging->context, start, proven) && updraft_journal_keep(means->journal, false);
}

// How many bytes of the offered file are staged and can be built upon; 0: begin anew.
static uint32_t take_up(const struct updraft_fetch_means *means, const struct updraft_offer *offer) {
    uint32_t staged = updraft_journal_staged(means->journal, offer), start, length;
    if (staged == 0 || staged == offer->size) {
        return staged;
    }
    if (!means->staging->block(means->staging->context, staged, &start, &length)) {
        return 0;
    }
    if (staged == start || means->staging->keep == NULL) {
        return start;
    }
    return renew_block(means, start, staged - start) ? staged : 0;
}

enum updraft_fetch_result updraft_fetch_begin(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    const struct updraft_offer *offer = &download->offer;
    download->from = *means->server;
    download->path = offer->url;
    if (offer->url[0] != '/' &&
        (!updraft_http_parse_address(offer->url, &download->from, &download->path) || *download->path != '/')) {
        return UPDRAFT_FETCH_GONE;
    }
    download->left = 0;
    download->resumed = take_up(means, offer);
    if (download->resumed == 0) {
        return start_over(download, means);
    }
    download->at = 0;
    download->marked = download->resumed;
    updraft_digest_begin(&download->sha);
    // The log's last record may be one that a cut left unstable; it must stand before staging is changed again.
    return updraft_boot_state_make_durable(&means->journal->log) == UPDRAFT_OK ? UPDRAFT_FETCH_MORE
                                                                               : UPDRAFT_FETCH_FLASH;
}

static enum updraft_fetch_result hash_staged(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    uint32_t length = smaller(download->resumed - download->at, (uint32_t)means->buffer_size);
    if (!means->staging->read(means->staging->context, download->at, means->buffer, length)) {
        return start_over(download, means); // what was proven once can be read no more
    }
    updraft_digest_add(&download->sha, means->buffer, length);
    download->at += length;
    return UPDRAFT_FETCH_MORE;
}

// Asks for the next range. On UPDRAFT_FETCH_MORE its body is about to come.
static enum updraft_fetch_result ask(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    struct updraft_http_answer answer;
    uint32_t last = download->at + smaller(means->range, download->offer.size - download->at) - 1;
    struct updraft_http_request request = {.method = "GET",
                                           .to = &download->from,
                                           .path = download->path,
                                           // The token is for its own server only.
                                           .token = download->path == download->offer.url ? means->token : NULL,
                                           .has_range = true,
                                           .range_first = download->at,
                                           .range_last = last};
    download->retry_after = UINT32_MAX;
    enum updraft_http_result result =
        updraft_http_send(means->http, &request, means->buffer, means->buffer_size, &answer);
    if (result != UPDRAFT_HTTP_OK) {
        return result == UPDRAFT_HTTP_FAILED ? UPDRAFT_FETCH_NETWORK : UPDRAFT_FETCH_GONE;
    }
    download->retry_after = answer.retry_after;
    if (answer.status == 206 && answer.has_range && answer.range_first == download->at && answer.range_last == last &&
        answer.range_total == download->offer.size && answer.length == answer.range_last - answer.range_first + 1) {
        download->left = answer.length;
        return UPDRAFT_FETCH_MORE;
    }
    if (answer.status == 200 && download->at == 0 && answer.length == download->offer.size) { // does not know ranges
        download->left = answer.length;
        return UPDRAFT_FETCH_MORE;
    }
    updraft_http_finish(means->http);
    return answer.status == 429 || answer.status >= 500 ? UPDRAFT_FETCH_NETWORK : UPDRAFT_FETCH_GONE;
}

// Where a begun block cannot be copied aside, only its end is a useful mark.
static bool mark_is_due(const struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    uint32_t start, length;
    if (download->at == download->offer.size) {
        return true;
    }
    return download->at - download->marked >= MARK_INTERVAL &&
           (means->staging->keep != NULL ||
            (means->staging->block(means->staging->context, download->at, &start, &length) && start == download->at));
}

static enum updraft_fetch_result fetch(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    if (download->left == 0) {
        enum updraft_fetch_result result = ask(download, means);
        if (result != UPDRAFT_FETCH_MORE) {
            return result;
        }
    }
    uint32_t wanted = smaller(download->left, (uint32_t)means->buffer_size), got = 0;
    while (got < wanted) {
        int read = updraft_http_read(means->http, means->buffer + got, wanted - got);
        if (read <= 0) {
            download->left = 0; // what came of this buffer is not staged: it is asked for again
            return UPDRAFT_FETCH_NETWORK;
        }
        got += (uint32_t)read;
    }
    download->left -= got;
    if (!updraft_staging_store(means->staging, download->at, means->buffer, got)) {
        return UPDRAFT_FETCH_FLASH;
    }
    updraft_digest_add(&download->sha, means->buffer, got);
    download->at += got;
    return !mark_is_due(download, means) || mark(download, means) ? UPDRAFT_FETCH_MORE : UPDRAFT_FETCH_FLASH;
}

enum updraft_fetch_result updraft_fetch_step(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    if (download->at < download->resumed) {
        return hash_staged(download, means);
    }
    if (download->at < download->offer.size) {
        return fetch(download, means);
    }
    uint8_t sha256[32];
    updraft_digest_end(&download->sha, sha256);
    if (memcmp(sha256, download->offer.sha256, sizeof sha256) == 0) {
        return UPDRAFT_FETCH_COMPLETE;
    }
    return updraft_journal_wrong(means->journal, &download->wrong) ? UPDRAFT_FETCH_WRONG : UPDRAFT_FETCH_FLASH;
}
