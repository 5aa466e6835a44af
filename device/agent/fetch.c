#include "updraft_fetch.h"

#include "updraft_resume.h"

#include <string.h>

enum { REDIRECTS_MAX = 3 };

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
    const struct updraft_offer *offer = &download->offer;
    download->live = false;
    if (!updraft_journal_may_begin(means->journal)) {
        return UPDRAFT_FETCH_LATER;
    }
    download->at = download->resumed = 0;
    download->marked = 0;
    updraft_digest_begin(&download->sha);
    struct updraft_file file = updraft_offered_file(offer);
    if (!updraft_journal_begin(means->journal, &file)) {
        return UPDRAFT_FETCH_FLASH;
    }
    download->live = true;
    download->live_size = offer->size;
    memcpy(download->live_sha256, offer->sha256, sizeof download->live_sha256);
    return UPDRAFT_FETCH_MORE;
}

static bool parse_url(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    const struct updraft_offer *offer = &download->offer;
    download->from = *means->server;
    download->path = offer->url;
    return offer->url[0] == '/' ||
           (updraft_http_parse_address(offer->url, &download->from, &download->path) && *download->path == '/');
}

enum updraft_fetch_result updraft_fetch_begin(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    const struct updraft_offer *offer = &download->offer;
    download->left = download->skip = 0;
    download->status = 0;
    download->problem = NULL;
    if (!parse_url(download, means)) {
        download->problem = "an address that is none";
        return UPDRAFT_FETCH_GONE;
    }
    if (download->live && download->live_size == offer->size &&
        memcmp(download->live_sha256, offer->sha256, sizeof offer->sha256) == 0) {
        return UPDRAFT_FETCH_MORE; // nothing is lost, and nothing is erased again
    }
    struct updraft_file file = updraft_offered_file(offer);
    download->resumed = updraft_resume(means->journal, means->staging, &file);
    if (download->resumed == 0) {
        return start_over(download, means);
    }
    download->at = 0;
    download->marked = download->resumed;
    download->live = true;
    download->live_size = offer->size;
    memcpy(download->live_sha256, offer->sha256, sizeof download->live_sha256);
    updraft_digest_begin(&download->sha);
    // The last record may be one that a cut left unstable; it must stand before staging is changed again.
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

static enum updraft_fetch_result gone(struct updraft_fetch *download, const char *problem) {
    download->problem = problem;
    return UPDRAFT_FETCH_GONE;
}

static bool is_redirection(uint16_t status) {
    return status == 301 || status == 302 || status == 307 || status == 308;
}

// The rest of the file is asked for where the server points to; the offer's own address comes again with the next
// offer.
static bool follow(struct updraft_fetch *download, const struct updraft_fetch_means *means,
                   const struct updraft_http_answer *answer) {
    struct updraft_offer *offer = &download->offer;
    const char *to = answer->location;
    bool was_secure = download->from.secure, local = to != NULL && to[0] == '/' && to[1] != '/';
    download->problem = "redirected to an address that is none, or too long";
    if (to == NULL || strlen(to) >= sizeof offer->url || to[strcspn(to, " \t\x7f")] != '\0') {
        return false;
    }
    memcpy(offer->url, to, strlen(to) + 1);
    if (local) {
        download->path = offer->url;
        return true;
    }
    if (strstr(offer->url, "://") == NULL || !parse_url(download, means)) {
        return false;
    }
    download->problem = "redirected from https to http";
    return download->from.secure || !was_secure;
}

// The head of a 200 or 206: whether the wanted bytes are about to come.
static enum updraft_fetch_result take_head(struct updraft_fetch *download, const struct updraft_http_answer *answer,
                                           uint32_t last) {
    uint32_t size = download->offer.size;
    if (answer->is_html) {
        return gone(download, "a page for people, not the file: a portal before the network?");
    }
    if (answer->status == 200) { // does not know ranges
        if (answer->length != UINT32_MAX && answer->length != size) {
            return gone(download, "another size than offered");
        }
        download->skip = download->at;
        download->left = size - download->at;
        return UPDRAFT_FETCH_MORE;
    }
    uint32_t count = answer->range_last - answer->range_first + 1;
    if (!answer->has_range || answer->range_first != download->at || answer->range_last > last ||
        (answer->length != UINT32_MAX && answer->length != count)) {
        return gone(download, "another range than asked for");
    }
    if (answer->range_total != UINT32_MAX && answer->range_total != size) {
        return gone(download, "another size than offered");
    }
    download->left = count; // a short one is legal: the rest is asked for next
    return UPDRAFT_FETCH_MORE;
}

static enum updraft_fetch_result take_status(struct updraft_fetch *download, const struct updraft_fetch_means *means,
                                             uint16_t status) {
    updraft_http_finish(means->http);
    if (status == 410 && updraft_http_same_address(&download->from, means->server)) {
        return UPDRAFT_FETCH_WITHDRAWN;
    }
    return status == 429 || status >= 500 ? UPDRAFT_FETCH_NETWORK : UPDRAFT_FETCH_GONE;
}

// Asks for the next range. On UPDRAFT_FETCH_MORE its body is about to come.
static enum updraft_fetch_result ask(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    uint32_t last = download->at + smaller(means->range, download->offer.size - download->at) - 1;
    for (int redirections = 0;; redirections++) {
        struct updraft_http_answer answer;
        bool own = updraft_http_same_address(&download->from, means->server);
        struct updraft_http_request request = {.method = "GET",
                                               .to = &download->from,
                                               .path = download->path,
                                               .token = own ? means->token : NULL, // for its own server only
                                               .has_range = true,
                                               .range_first = download->at,
                                               .range_last = last};
        download->retry_after = UINT32_MAX;
        download->skip = 0;
        download->status = 0;
        enum updraft_http_result result =
            updraft_http_send(means->http, &request, means->buffer, means->buffer_size, &answer);
        download->problem = means->http->problem;
        if (result != UPDRAFT_HTTP_OK) {
            return result == UPDRAFT_HTTP_FAILED ? UPDRAFT_FETCH_NETWORK : UPDRAFT_FETCH_GONE;
        }
        download->status = answer.status;
        download->retry_after = answer.retry_after;
        if (answer.status == 200 || answer.status == 206) {
            enum updraft_fetch_result head = take_head(download, &answer, last);
            if (head != UPDRAFT_FETCH_MORE) {
                updraft_http_finish(means->http);
            }
            return head;
        }
        if (!is_redirection(answer.status)) {
            return take_status(download, means, answer.status);
        }
        if (redirections == REDIRECTS_MAX) {
            updraft_http_finish(means->http);
            return gone(download, "redirected too often");
        }
        bool followed = follow(download, means, &answer);
        updraft_http_finish(means->http);
        if (!followed) {
            return UPDRAFT_FETCH_GONE;
        }
    }
}

// Reads a piece of the body into the buffer; 0: it did not come, and what came of it is asked for again.
static uint32_t read_piece(struct updraft_fetch *download, const struct updraft_fetch_means *means, uint32_t wanted) {
    wanted = smaller(wanted, (uint32_t)means->buffer_size);
    int got = updraft_http_read(means->http, means->buffer, wanted);
    if (got == (int)wanted) {
        return wanted;
    }
    download->left = download->skip = 0;
    download->problem = got < 0 ? means->http->problem : "fewer bytes than offered";
    updraft_http_close(means->http);
    return 0;
}

static enum updraft_fetch_result fetch(struct updraft_fetch *download, const struct updraft_fetch_means *means) {
    if (download->left == 0) {
        enum updraft_fetch_result result = ask(download, means);
        if (result != UPDRAFT_FETCH_MORE) {
            return result;
        }
    }
    if (download->skip > 0) {
        uint32_t passed = read_piece(download, means, download->skip);
        download->skip -= passed;
        return passed > 0 ? UPDRAFT_FETCH_MORE : UPDRAFT_FETCH_NETWORK;
    }
    uint32_t got = read_piece(download, means, download->left);
    if (got == 0) {
        return UPDRAFT_FETCH_NETWORK;
    }
    download->left -= got;
    if (!updraft_staging_store(means->staging, download->at, means->buffer, got)) {
        download->live = false; // what stands behind `at` is not known
        return UPDRAFT_FETCH_FLASH;
    }
    updraft_digest_add(&download->sha, means->buffer, got);
    download->at += got;
    return !updraft_resume_mark_is_due(means->staging, download->at, download->marked, download->offer.size) ||
                   mark(download, means)
               ? UPDRAFT_FETCH_MORE
               : UPDRAFT_FETCH_FLASH;
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
    download->live = false; // the sum is used up: what is staged is read anew
    if (memcmp(sha256, download->offer.sha256, sizeof sha256) == 0) {
        return UPDRAFT_FETCH_COMPLETE;
    }
    return updraft_journal_drop(means->journal) ? UPDRAFT_FETCH_WRONG : UPDRAFT_FETCH_FLASH;
}
