#include "updraft_agent.h"

#include "updraft_boot_info.h"
#include "updraft_image.h"
#include "updraft_request.h"

#include <string.h>

_Static_assert((int)UPDRAFT_CAN_HEATSHRINK == (int)UPDRAFT_BOOT_UNPACKS &&
                   (int)UPDRAFT_CAN_ENCRYPTED == (int)UPDRAFT_BOOT_OPENS,
               "one set of bits");

enum {
    INTERVAL_DEFAULT_S = 3600,
    TRIAL_DEFAULT_S = 600,
    RANGE_DEFAULT = 32 * 1024,
    BUFFER_MIN = 512,
    PATH_MAX_LENGTH = 100,
    PAUSE_FIRST_S = 2,                   // after a first failure; doubled at each further one, up to the interval
    DOWNLOAD_TRIES = 8,                  // network failures in a row before a download waits for the next check-in
    WRONG_DOWNLOADS_MAX = 3,             // downloads with a wrong SHA-256 before the offer is refused for good
    KEEP_OPEN_MS = 5000,                 // longest pause over which a connection is kept
    SUPERVISION_MS = 1000,               // between two looks at a trial, or at may_install
    CHECK_IN_LONGEST_S = 21 * 24 * 3600, // with its spread still below the 2^31 ms that a wrapping clock can tell apart
};

// ---- time

static uint32_t now(const struct updraft_agent *agent) {
    return agent->config->network->millis(agent->config->network->context);
}

// Up to an eighth longer, different on each device and each time, so that a fleet does not come all at once after an
// outage.
static uint32_t spread(const struct updraft_agent *agent, uint32_t ms) {
    uint32_t mix = now(agent) * 2654435761U;
    for (const char *c = agent->config->id; *c != '\0'; c++) {
        mix = (mix ^ (uint8_t)*c) * 16777619U; // FNV-1a
    }
    return ms + (uint32_t)((uint64_t)(ms / 8) * (mix >> 16) >> 16);
}

static void sleep_for(struct updraft_agent *agent, uint32_t seconds) {
    if (seconds > CHECK_IN_LONGEST_S) {
        seconds = CHECK_IN_LONGEST_S;
    }
    agent->wake_at = now(agent) + spread(agent, seconds * 1000);
}

static void back_off(struct updraft_agent *agent, uint32_t retry_after) {
    uint32_t pause = (uint32_t)PAUSE_FIRST_S << (agent->failures < 10 ? agent->failures : 10);
    agent->failures += agent->failures < UINT8_MAX ? 1 : 0;
    sleep_for(agent, retry_after != UINT32_MAX ? retry_after : pause < agent->interval ? pause : agent->interval);
}

// ---- telling

static void tell(struct updraft_agent *agent, enum updraft_state state, const char *reason) {
    bool about_offer = agent->phase == UPDRAFT_AGENT_FALLBACK || agent->phase == UPDRAFT_AGENT_DOWNLOAD ||
                       agent->phase == UPDRAFT_AGENT_VERIFY || agent->phase == UPDRAFT_AGENT_INSTALL;
    struct updraft_event event = {.state = state,
                                  .version = about_offer ? agent->download.offer.version : "",
                                  .digest = about_offer ? agent->download.offer.digest : NULL,
                                  .reason = reason,
                                  .percent = agent->percent};
    agent->config->notify(agent->config->context, &event);
}

// Sends a request to the device's own resource and reads the head of the answer.
static enum updraft_http_result post(struct updraft_agent *agent, const char *resource, const uint8_t *body,
                                     size_t length, struct updraft_http_answer *answer) {
    const struct updraft_agent_config *config = agent->config;
    char path[PATH_MAX_LENGTH];
    strcpy(path, "/device/v1/"); // the id's length was checked at the start
    strcat(path, config->id);
    strcat(path, resource);
    struct updraft_http_request request = {.method = "POST",
                                           .to = &agent->server,
                                           .path = path,
                                           .token = config->token,
                                           .body = body,
                                           .body_length = length};
    return updraft_http_send(&agent->http, &request, config->buffer, config->buffer_size, answer);
}

// True when the server has it, or will never take it: a report that it calls malformed would otherwise block all later
// ones.
static bool send_report(struct updraft_agent *agent, const struct updraft_report *report) {
    uint8_t body[UPDRAFT_PROTOCOL_REPORT_MAX];
    struct updraft_http_answer answer;
    size_t length = updraft_report_write(report, body, sizeof body);
    if (length == 0 || post(agent, "/reports", body, length, &answer) != UPDRAFT_HTTP_OK) {
        return length == 0;
    }
    updraft_http_finish(&agent->http);
    return answer.status < 300 || answer.status == 400 || answer.status == 413;
}

// A report on the way, numbered by the log's record behind it. If it does not arrive, the outcome will tell.
static void report_step(struct updraft_agent *agent, enum updraft_report_event event, const uint8_t digest[32]) {
    struct updraft_report report = {.seq = agent->journal.log.sequence, .event = event, .digest = digest};
    (void)send_report(agent, &report);
}

// The outcome of the last update is sent until it is acknowledged, always with the number of the log's record, so that
// one that was sent twice (the acknowledgement was lost) is one for the server. False when it did not get through.
static bool report_outcome(struct updraft_agent *agent) {
    const struct updraft_outcome *outcome = updraft_journal_outcome(&agent->journal);
    if (outcome == NULL) {
        return true;
    }
    char sector[] = "sector at 0x00000000";
    for (size_t at = sizeof sector - 2, shift = 0; shift < 32; at--, shift += 4) {
        sector[at] = "0123456789abcdef"[outcome->address >> shift & 0xF];
    }
    struct updraft_report report = {.seq = agent->journal.log.sequence,
                                    .event = (enum updraft_report_event)outcome->kind,
                                    .digest = outcome->digest,
                                    .reason = updraft_reason_name(outcome->reason),
                                    .detail = outcome->reason == UPDRAFT_REASON_FLASH ? sector : NULL};
    return send_report(agent, &report) && updraft_journal_outcome_reported(&agent->journal);
}

static void tell_outcome(struct updraft_agent *agent) {
    const struct updraft_outcome *outcome = updraft_journal_outcome(&agent->journal);
    if (outcome != NULL) {
        struct updraft_event event = {.state = outcome->kind == UPDRAFT_OUTCOME_CONFIRMED     ? UPDRAFT_CONFIRMED
                                               : outcome->kind == UPDRAFT_OUTCOME_ROLLED_BACK ? UPDRAFT_ROLLED_BACK
                                                                                              : UPDRAFT_REFUSED,
                                      .version = "",
                                      .digest = outcome->digest,
                                      .reason = updraft_reason_name(outcome->reason)};
        agent->config->notify(agent->config->context, &event);
    }
}

// Something that the log need not keep: the device tries again by itself.
static void fail(struct updraft_agent *agent, enum updraft_reason reason) {
    tell(agent, UPDRAFT_FAILED, updraft_reason_name((uint8_t)reason));
    struct updraft_report report = {.event = UPDRAFT_REPORT_FAILED,
                                    .digest = agent->download.offer.digest,
                                    .reason = updraft_reason_name((uint8_t)reason)};
    if (reason != UPDRAFT_REASON_NETWORK) {
        (void)send_report(agent, &report);
    }
    agent->phase = UPDRAFT_AGENT_CHECK_IN;
    sleep_for(agent, agent->interval);
}

// The offered image will not be tried again: written down, told, reported.
static void refuse(struct updraft_agent *agent, enum updraft_reason reason) {
    tell(agent, UPDRAFT_REFUSED, updraft_reason_name((uint8_t)reason));
    if (updraft_journal_refuse(&agent->journal, agent->download.offer.digest, reason)) {
        (void)report_outcome(agent);
    }
    agent->phase = UPDRAFT_AGENT_CHECK_IN;
    sleep_for(agent, agent->interval);
}

// ---- trial

static void supervise_trial(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    enum updraft_self_test result = config->self_test(config->context, agent->reached_server);
    uint32_t limit = (config->trial_seconds != 0 ? config->trial_seconds : TRIAL_DEFAULT_S) * 1000;
    if (result == UPDRAFT_TEST_PASSED) {
        if (updraft_boot_state_confirm(&agent->journal.log) == UPDRAFT_OK) {
            tell_outcome(agent);
            agent->wake_at = now(agent); // report it
        }
    } else if (result == UPDRAFT_TEST_FAILED) {
        (void)updraft_boot_state_reject(&agent->journal.log, UPDRAFT_REASON_SELF_TEST);
        tell(agent, UPDRAFT_FAILED, updraft_reason_name(UPDRAFT_REASON_SELF_TEST));
        config->reset(config->context);
    } else if (now(agent) - agent->started_at >= limit) {
        tell(agent, UPDRAFT_FAILED, updraft_reason_name(UPDRAFT_REASON_NOT_CONFIRMED));
        config->reset(config->context); // the bootloader counts attempts
    }
}

// ---- phases

static void check_in(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    tell(agent, UPDRAFT_CHECKING_IN, NULL);
    struct updraft_check_in check_in = {.digest = agent->journal.running,
                                        .version = agent->journal.version,
                                        .board = config->layout->board,
                                        .room = config->staging->size,
                                        .can = agent->can,
                                        .trial = updraft_journal_on_trial(&agent->journal),
                                        .counter = agent->journal.log.state.counter};
    uint8_t body[UPDRAFT_PROTOCOL_CHECK_IN_MAX];
    struct updraft_http_answer answer;
    size_t length = updraft_check_in_write(&check_in, body, sizeof body);
    if (!report_outcome(agent) || post(agent, "/check-in", body, length, &answer) != UPDRAFT_HTTP_OK) {
        tell(agent, UPDRAFT_FAILED, "network");
        back_off(agent, UINT32_MAX);
        return;
    }
    agent->interval = answer.next_check_in != UINT32_MAX ? answer.next_check_in : agent->interval;
    bool offered = answer.status == 200 &&
                   updraft_http_read_all(&agent->http, &answer, config->buffer, config->buffer_size) &&
                   updraft_offer_read(&agent->download.offer, config->buffer, answer.length);
    updraft_http_finish(&agent->http);
    if (!offered && answer.status != 204) {
        tell(agent, UPDRAFT_FAILED, answer.status == 401 ? "token" : answer.status == 200 ? "malformed" : "network");
        back_off(agent, answer.retry_after);
        return;
    }
    agent->failures = 0;
    agent->reached_server = true;
    if (check_in.trial && !agent->trial_reported) {
        report_step(agent, UPDRAFT_REPORT_TRIAL, agent->journal.running);
        agent->trial_reported = true;
    }
    bool wanted = offered && !check_in.trial && memcmp(agent->download.offer.digest, check_in.digest, 32) != 0 &&
                  !updraft_journal_given_up(&agent->journal, agent->download.offer.digest);
    if (!wanted) {
        tell(agent, UPDRAFT_UP_TO_DATE, NULL);
        sleep_for(agent, agent->interval);
        return;
    }
    agent->phase = UPDRAFT_AGENT_FALLBACK;
    agent->begun = false;
}

static struct updraft_fetch_means means(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    return (struct updraft_fetch_means){.http = &agent->http,
                                        .server = &agent->server,
                                        .token = config->token,
                                        .staging = config->staging,
                                        .journal = &agent->journal,
                                        .buffer = config->buffer,
                                        .buffer_size = config->buffer_size,
                                        .range = agent->range};
}

// Without a copy outside the chip the bootloader keeps the running image inside it: that a copy fails is no failure.
static void keep_fallback(struct updraft_agent *agent) {
    struct updraft_fetch_means with = means(agent);
    enum updraft_preserve_result result = agent->begun
                                              ? updraft_preserve_step(&agent->fallback, &with)
                                              : updraft_preserve_begin(&agent->fallback, &with, &agent->download.offer);
    agent->begun = result == UPDRAFT_PRESERVE_MORE;
    if (result != UPDRAFT_PRESERVE_MORE) {
        agent->phase = UPDRAFT_AGENT_DOWNLOAD;
    }
}

static void tell_progress(struct updraft_agent *agent) {
    uint8_t percent = (uint8_t)((uint64_t)agent->download.at * 100 / agent->download.offer.size);
    if (percent != agent->percent) {
        agent->percent = percent;
        tell(agent, UPDRAFT_DOWNLOADING, NULL);
    }
}

static void download(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    const struct updraft_offer *offer = &agent->download.offer;
    struct updraft_fetch_means with = means(agent);
    enum updraft_fetch_result result;
    if (!agent->begun) {
        if (offer->size > config->staging->size) {
            refuse(agent, UPDRAFT_REASON_TOO_LARGE);
            return;
        }
        if (offer->kind != UPDRAFT_OFFER_IMAGE) {
            refuse(agent, UPDRAFT_REASON_MALFORMED); // not asked for: `can` has no delta
            return;
        }
        agent->percent = UINT8_MAX; // so that the first piece is told
        result = updraft_fetch_begin(&agent->download, &with);
        agent->begun = true;
        if (result == UPDRAFT_FETCH_MORE && agent->download.resumed == 0) {
            report_step(agent, UPDRAFT_REPORT_DOWNLOADING, offer->digest);
        }
    } else {
        result = updraft_fetch_step(&agent->download, &with);
    }
    switch (result) {
    case UPDRAFT_FETCH_MORE:
        agent->failures = agent->download.left > 0 ? 0 : agent->failures;
        tell_progress(agent);
        break;
    case UPDRAFT_FETCH_COMPLETE:
        tell(agent, UPDRAFT_DOWNLOADED, NULL);
        report_step(agent, UPDRAFT_REPORT_DOWNLOADED, offer->digest);
        agent->phase = UPDRAFT_AGENT_VERIFY;
        break;
    case UPDRAFT_FETCH_NETWORK:
        back_off(agent, agent->download.retry_after);
        if (agent->failures >= DOWNLOAD_TRIES) {
            fail(agent, UPDRAFT_REASON_NETWORK);
        }
        break;
    case UPDRAFT_FETCH_GONE: fail(agent, UPDRAFT_REASON_NETWORK); break;
    case UPDRAFT_FETCH_WRONG:
        if (agent->download.wrong >= WRONG_DOWNLOADS_MAX) {
            refuse(agent, UPDRAFT_REASON_DOWNLOAD);
        } else { // a line may garble bytes: try again soon
            fail(agent, UPDRAFT_REASON_DOWNLOAD);
            back_off(agent, UINT32_MAX);
        }
        break;
    case UPDRAFT_FETCH_FLASH: fail(agent, UPDRAFT_REASON_FLASH); break;
    }
}

static enum updraft_status read_staged(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct updraft_staging *staging = context;
    return staging->read(staging->context, offset, data, length) ? UPDRAFT_OK : UPDRAFT_ERROR_READ;
}

static bool is_for_board(const struct updraft_agent *agent, const struct updraft_reader *reader,
                         const struct updraft_image *image) {
    char board[33] = {0};
    const char *own = agent->config->layout->board;
    return image->board.offset == 0 ||
           (image->board.length == strlen(own) && image->board.length < sizeof board &&
            updraft_image_tlv(reader, &image->board, board, image->board.length) == UPDRAFT_OK &&
            strcmp(board, own) == 0);
}

// What saves a reset that would lead nowhere; the bootloader checks all of it again, and the signature.
static enum updraft_reason verdict(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    const struct updraft_offer *offer = &agent->download.offer;
    struct updraft_reader reader = {
        .context = (void *)(uintptr_t)config->staging, .read = read_staged, .size = offer->size};
    struct updraft_image image;
    uint8_t digest[32], computed[32];
    if (updraft_image_open(&image, &reader) != UPDRAFT_OK) {
        return UPDRAFT_REASON_MALFORMED;
    }
    if (!is_for_board(agent, &reader, &image)) {
        return UPDRAFT_REASON_BOARD;
    }
    bool packed = image.compression.offset != 0;
    const struct updraft_tlv *named = packed ? &image.unpacked_digest : &image.digest;
    if (updraft_image_tlv(&reader, named, digest, sizeof digest) != UPDRAFT_OK) {
        return UPDRAFT_REASON_MALFORMED;
    }
    if (memcmp(digest, offer->digest, sizeof digest) != 0) {
        return UPDRAFT_REASON_DIGEST;
    }
    if ((image.flags & (UPDRAFT_FLAG_ENCRYPTED_AES128 | UPDRAFT_FLAG_ENCRYPTED_AES256)) != 0) {
        return UPDRAFT_REASON_NONE; // the digest is that of the plaintext, which only the bootloader can read
    }
    if (updraft_image_tlv(&reader, &image.digest, digest, sizeof digest) != UPDRAFT_OK ||
        updraft_image_digest(&image, &reader, config->buffer, (uint32_t)config->buffer_size, config->feed, computed) !=
            UPDRAFT_OK) {
        return UPDRAFT_REASON_MALFORMED;
    }
    return memcmp(digest, computed, sizeof digest) == 0 ? UPDRAFT_REASON_NONE : UPDRAFT_REASON_DIGEST;
}

static void verify(struct updraft_agent *agent) {
    enum updraft_reason reason = verdict(agent);
    if (reason == UPDRAFT_REASON_NONE) {
        agent->phase = UPDRAFT_AGENT_INSTALL;
    } else {
        refuse(agent, reason);
    }
}

static void install(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    const uint8_t *digest = agent->download.offer.digest;
    if (config->may_install != NULL && !config->may_install(config->context)) {
        agent->wake_at = now(agent) + SUPERVISION_MS;
        return;
    }
    if (updraft_boot_state_request(&agent->journal.log, config->staging->source, digest) != UPDRAFT_OK) {
        fail(agent, UPDRAFT_REASON_FLASH);
        return;
    }
    updraft_request_write(config->staging->source == UPDRAFT_SOURCE_CARD ? UPDRAFT_REQUEST_CARD
                                                                         : UPDRAFT_REQUEST_STAGING);
    tell(agent, UPDRAFT_INSTALLING, NULL);
    report_step(agent, UPDRAFT_REPORT_INSTALLING, digest);
    updraft_http_close(&agent->http);
    config->reset(config->context);
}

// ---- entry

bool updraft_agent_start(struct updraft_agent *agent, const struct updraft_agent_config *config) {
    const char *path;
    memset(agent, 0, sizeof *agent);
    agent->config = config;
    agent->interval = config->interval != 0 ? config->interval : INTERVAL_DEFAULT_S;
    agent->range = config->range != 0 ? config->range : RANGE_DEFAULT;
    agent->range -= agent->range % (uint32_t)config->buffer_size; // so that every piece but the last fills the buffer
    agent->range = agent->range != 0 ? agent->range : (uint32_t)config->buffer_size;
    agent->can = updraft_boot_info(config->layout->running.flash) & UPDRAFT_BOOT_CAN;
    updraft_http_start(&agent->http, config->network);
    agent->started_at = agent->wake_at = now(agent);
    return updraft_journal_open(&agent->journal, config->layout) && config->buffer_size >= BUFFER_MIN &&
           config->buffer_size % config->staging->unit == 0 && strlen(config->id) <= 64 &&
           updraft_http_parse_address(config->server, &agent->server, &path) && path[0] == '\0';
}

uint32_t updraft_agent_poll(struct updraft_agent *agent) {
    if (agent->phase == UPDRAFT_AGENT_START) {
        bool trial = updraft_journal_on_trial(&agent->journal);
        tell(agent, trial ? UPDRAFT_TRIAL : UPDRAFT_STARTING, NULL);
        tell_outcome(agent);
        agent->phase = UPDRAFT_AGENT_CHECK_IN;
    }
    if ((int32_t)(now(agent) - agent->wake_at) >= 0) {
        agent->wake_at = now(agent);
        switch (agent->phase) {
        case UPDRAFT_AGENT_START:
        case UPDRAFT_AGENT_CHECK_IN: check_in(agent); break;
        case UPDRAFT_AGENT_FALLBACK: keep_fallback(agent); break;
        case UPDRAFT_AGENT_DOWNLOAD: download(agent); break;
        case UPDRAFT_AGENT_VERIFY: verify(agent); break;
        case UPDRAFT_AGENT_INSTALL: install(agent); break;
        }
    }
    if (updraft_journal_on_trial(&agent->journal)) {
        supervise_trial(agent);
    }
    int32_t left = (int32_t)(agent->wake_at - now(agent));
    uint32_t pause = left > 0 ? (uint32_t)left : 0;
    if (pause > KEEP_OPEN_MS) {
        updraft_http_close(
            &agent->http); // an idle connection costs the server and every box in between more than a new one
    }
    return updraft_journal_on_trial(&agent->journal) && pause > SUPERVISION_MS ? SUPERVISION_MS : pause;
}

void updraft_agent_check_now(struct updraft_agent *agent) {
    agent->wake_at = now(agent);
}
