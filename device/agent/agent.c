#include "updraft_agent.h"

#include "updraft_boot_info.h"
#include "updraft_request.h"
#include "updraft_staged.h"

#include <string.h>

_Static_assert((int)UPDRAFT_CAN_HEATSHRINK == (int)UPDRAFT_BOOT_UNPACKS &&
                   (int)UPDRAFT_CAN_ENCRYPTED == (int)UPDRAFT_BOOT_OPENS,
               "one set of bits");

enum {
    INTERVAL_DEFAULT_S = 3600,
    INTERVAL_LEAST_S = 5, // whatever the server says
    INTERVAL_MOST_S = 7 * 24 * 3600,
    DEFERRED_S = 900, // before an image that failed for a reason of the moment is tried again
    RANGE_DEFAULT = 32 * 1024,
    BUFFER_MIN = 512,
    PATH_MAX_LENGTH = 100,
    PAUSE_FIRST_S = 2,     // after a first failure; doubled at each further one, up to the interval
    DOWNLOAD_TRIES = 8,    // network failures in a row before a download waits for the next check-in
    KEEP_OPEN_MS = 5000,   // longest pause over which a connection is kept
    SUPERVISION_MS = 1000, // between two looks at a trial, or at may_install
    DETAIL_MAX = 100,
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

static uint32_t bounded(uint32_t seconds) {
    return seconds < INTERVAL_LEAST_S ? INTERVAL_LEAST_S : seconds > INTERVAL_MOST_S ? INTERVAL_MOST_S : seconds;
}

static void sleep_for(struct updraft_agent *agent, uint32_t seconds) {
    agent->wake_at = now(agent) + spread(agent, seconds * 1000);
}

static void back_off(struct updraft_agent *agent, uint32_t retry_after) {
    uint32_t pause = (uint32_t)PAUSE_FIRST_S << (agent->failures < 10 ? agent->failures : 10);
    agent->failures += agent->failures < UINT8_MAX ? 1 : 0;
    sleep_for(agent, retry_after != UINT32_MAX ? bounded(retry_after)
                     : pause < agent->interval ? pause
                                               : agent->interval);
}

// ---- telling

static void tell_detail(struct updraft_agent *agent, enum updraft_state state, const char *reason, const char *detail) {
    bool about_offer = agent->phase == UPDRAFT_AGENT_FALLBACK || agent->phase == UPDRAFT_AGENT_DOWNLOAD ||
                       agent->phase == UPDRAFT_AGENT_VERIFY || agent->phase == UPDRAFT_AGENT_INSTALL;
    struct updraft_event event = {.state = state,
                                  .version = about_offer ? agent->download.offer.version : "",
                                  .digest = about_offer ? agent->download.offer.digest : NULL,
                                  .reason = reason,
                                  .detail = detail,
                                  .percent = agent->percent};
    agent->config->notify(agent->config->context, &event);
}

static void tell(struct updraft_agent *agent, enum updraft_state state, const char *reason) {
    tell_detail(agent, state, reason, NULL);
}

// "404", "another size than offered", "200 a page for people": what a status and a problem say together.
static const char *describe(char text[DETAIL_MAX], uint16_t status, const char *problem) {
    size_t at = 0;
    if (status != 0) {
        text[at++] = (char)('0' + status / 100 % 10);
        text[at++] = (char)('0' + status / 10 % 10);
        text[at++] = (char)('0' + status % 10);
    }
    if (status != 0 && problem != NULL) {
        text[at++] = ' ';
    }
    for (; problem != NULL && *problem != '\0' && at < DETAIL_MAX - 1; problem++) {
        text[at++] = *problem;
    }
    text[at] = '\0';
    return at > 0 ? text : NULL;
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

// Whether the server has it, will never take it as it is, or may take it another time.
enum delivery { DELIVERED, REFUSED, UNDELIVERED };

static enum delivery send_report(struct updraft_agent *agent, const struct updraft_report *report) {
    uint8_t body[UPDRAFT_PROTOCOL_REPORT_MAX];
    struct updraft_http_answer answer;
    size_t length = updraft_report_write(report, body, sizeof body);
    if (length == 0 || post(agent, "/reports", body, length, &answer) != UPDRAFT_HTTP_OK) {
        return length == 0 ? REFUSED : UNDELIVERED;
    }
    updraft_http_finish(&agent->http);
    switch (answer.status) {
    case 400:
    case 409:
    case 410:
    case 413:
    case 422: return REFUSED;
    default: return answer.status < 300 ? DELIVERED : UNDELIVERED;
    }
}

// A report on the way, numbered by the log's record behind it. If it does not arrive, the outcome will tell.
static void report_step(struct updraft_agent *agent, enum updraft_report_event event, const uint8_t digest[32]) {
    struct updraft_report report = {.seq = agent->journal.log.sequence, .event = event, .digest = digest};
    (void)send_report(agent, &report);
}

// The outcome of the last update is sent until it is acknowledged, once before each check-in, always with the number of
// the boot state's record, so that one that was sent twice (the acknowledgement was lost) is one for the server.
static void report_outcome(struct updraft_agent *agent) {
    struct updraft_outcome_report outcome;
    agent->outcome_tried = true;
    if (!updraft_journal_report(&agent->journal, &outcome)) {
        return;
    }
    if (send_report(agent, &outcome.report) != UNDELIVERED) {
        (void)updraft_journal_outcome_reported(&agent->journal);
    }
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

// Something that the boot state need not keep: the device tries again by itself.
static void fail(struct updraft_agent *agent, const char *reason, const char *detail) {
    tell_detail(agent, UPDRAFT_FAILED, reason, detail);
    struct updraft_report report = {
        .event = UPDRAFT_REPORT_FAILED, .digest = agent->download.offer.digest, .reason = reason, .detail = detail};
    (void)send_report(agent, &report);
    agent->phase = UPDRAFT_AGENT_CHECK_IN;
    sleep_for(agent, agent->interval);
}

// The offered image will not be tried again. What was staged is written down; what the offer itself tells is told again
// should it be offered again, so that no offer can wear the boot state.
static void refuse(struct updraft_agent *agent, enum updraft_reason reason, bool staged) {
    tell(agent, UPDRAFT_REFUSED, updraft_reason_name((uint8_t)reason));
    if (staged && updraft_journal_refuse(&agent->journal, agent->download.offer.digest, reason)) {
        report_outcome(agent);
    } else {
        struct updraft_report report = {.event = UPDRAFT_REPORT_REFUSED,
                                        .digest = agent->download.offer.digest,
                                        .reason = updraft_reason_name((uint8_t)reason)};
        (void)send_report(agent, &report);
    }
    agent->phase = UPDRAFT_AGENT_CHECK_IN;
    sleep_for(agent, agent->interval);
}

// ---- trial

static void supervise_trial(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    struct updraft_trial trial = {.reached = agent->reached_server,
                                  .seconds = (now(agent) - agent->started_at) / 1000,
                                  .limit_seconds = config->trial_seconds,
                                  .outage_seconds = config->outage_seconds};
    enum updraft_reason reason = UPDRAFT_REASON_NONE;
    switch (updraft_trial_end(&agent->journal.log, &trial, config->self_test(config->context, agent->reached_server),
                              &reason)) {
    case UPDRAFT_TRIAL_CONFIRMED:
        tell_outcome(agent);
        agent->wake_at = now(agent); // report it
        break;
    case UPDRAFT_TRIAL_RESET:
        tell(agent, UPDRAFT_FAILED, updraft_reason_name((uint8_t)reason));
        config->reset(config->context);
        break;
    case UPDRAFT_TRIAL_GOES_ON: break;
    }
}

// ---- phases

// What an offer is worth now.
enum worth { WORTH_TAKING, NOT_WANTED, WAITS };

static enum worth worth(struct updraft_agent *agent, const struct updraft_offer *offer) {
    struct updraft_journal *journal = &agent->journal;
    if (updraft_journal_on_trial(journal) || memcmp(offer->digest, journal->running, 32) == 0) {
        return NOT_WANTED;
    }
    if (updraft_journal_given_up(journal, offer->digest)) {
        // Not before the server knows how the last try ended: what it says again, it says knowing that.
        if (!offer->again || updraft_journal_outcome(journal) != NULL || !updraft_journal_try_again(journal)) {
            return NOT_WANTED;
        }
    }
    if (agent->defers && memcmp(agent->deferred, offer->digest, 32) == 0) {
        if (!offer->again && now(agent) - agent->deferred_at < DEFERRED_S * 1000U) {
            return WAITS;
        }
        agent->defers = false;
    }
    return WORTH_TAKING;
}

static void take_offer(struct updraft_agent *agent) {
    const struct updraft_offer *offer = &agent->download.offer;
    switch (worth(agent, offer)) {
    case NOT_WANTED:
        agent->phase = UPDRAFT_AGENT_CHECK_IN;
        tell(agent, UPDRAFT_UP_TO_DATE, NULL);
        sleep_for(agent, agent->interval);
        return;
    case WAITS:
        agent->phase = UPDRAFT_AGENT_CHECK_IN;
        sleep_for(agent, agent->interval);
        return;
    case WORTH_TAKING: break;
    }
    if (agent->phase == UPDRAFT_AGENT_INSTALL && memcmp(agent->staged_sha256, offer->sha256, 32) == 0) {
        agent->allowed = true;
    } else {
        agent->phase = UPDRAFT_AGENT_FALLBACK;
        agent->begun = false;
    }
}

static const char *check_in_problem(const struct updraft_http_answer *answer, const char **detail) {
    *detail = NULL;
    if (answer->status == 401) {
        return "token";
    }
    if (answer->is_html || answer->status == 511 || answer->location != NULL) {
        *detail = "not our server: a portal before the network?";
    }
    return answer->status == 200 && !answer->is_html ? "malformed" : "network";
}

static void check_in(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    if (!agent->outcome_tried && updraft_journal_outcome(&agent->journal) != NULL) {
        report_outcome(agent); // a poll of its own
        return;
    }
    agent->outcome_tried = false;
    tell(agent, UPDRAFT_CHECKING_IN, NULL);
    struct updraft_check_in check_in = {.digest = agent->journal.running,
                                        .version = agent->journal.version,
                                        .board = config->layout->board,
                                        .staging_size = config->staging->size,
                                        .capabilities = agent->capabilities,
                                        .trial = updraft_journal_on_trial(&agent->journal),
                                        .counter = agent->journal.log.state.counter};
    uint8_t body[UPDRAFT_PROTOCOL_CHECK_IN_MAX];
    char text[DETAIL_MAX];
    struct updraft_http_answer answer;
    size_t length = updraft_check_in_write(&check_in, body, sizeof body);
    if (post(agent, "/check-in", body, length, &answer) != UPDRAFT_HTTP_OK) {
        tell_detail(agent, UPDRAFT_FAILED, "network", describe(text, 0, agent->http.problem));
        back_off(agent, UINT32_MAX);
        return;
    }
    int got = answer.status == 200 ? updraft_http_read(&agent->http, config->buffer, config->buffer_size) : 0;
    bool offered = got > 0 && updraft_offer_read(&agent->download.offer, config->buffer, (size_t)got);
    updraft_http_finish(&agent->http);
    if (!offered && answer.status != 204) {
        const char *problem, *reason = check_in_problem(&answer, &problem);
        agent->phase = answer.status == 200 ? UPDRAFT_AGENT_CHECK_IN : agent->phase; // an offer was written over
        tell_detail(agent, UPDRAFT_FAILED, reason, describe(text, answer.status, problem));
        back_off(agent, answer.retry_after);
        return;
    }
    agent->interval = answer.next_check_in != UINT32_MAX ? bounded(answer.next_check_in) : agent->interval;
    agent->failures = 0;
    agent->reached_server = true;
    if (check_in.trial && !agent->trial_reported) {
        report_step(agent, UPDRAFT_REPORT_TRIAL, agent->journal.running);
        agent->trial_reported = true;
    }
    if (offered) {
        take_offer(agent);
    } else {
        agent->phase = UPDRAFT_AGENT_CHECK_IN;
        tell(agent, UPDRAFT_UP_TO_DATE, NULL);
        sleep_for(agent, agent->interval);
    }
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

// The way to the bytes failed. Only bytes that were staged count as progress.
static void retry(struct updraft_agent *agent) {
    const struct updraft_fetch *download = &agent->download;
    char text[DETAIL_MAX];
    agent->failures = download->at != agent->got ? 0 : agent->failures;
    agent->got = download->at;
    back_off(agent, download->retry_after);
    if (agent->failures >= DOWNLOAD_TRIES) {
        fail(agent, "network", describe(text, download->status, download->problem));
    }
}

// What is offered is told at once, and again only after a start.
static void wait_for_wear(struct updraft_agent *agent) {
    if (!agent->waits) {
        agent->waits = true;
        (void)updraft_journal_count_start(&agent->journal);
        fail(agent, "wear", "staging was erased too often lately; tried again later");
    }
    agent->phase = UPDRAFT_AGENT_CHECK_IN;
    sleep_for(agent, agent->interval);
}

static enum updraft_fetch_result begin_download(struct updraft_agent *agent, const struct updraft_fetch_means *with) {
    agent->percent = UINT8_MAX; // so that the first piece is told
    enum updraft_fetch_result result = updraft_fetch_begin(&agent->download, with);
    agent->begun = true;
    agent->got = agent->download.at;
    if (result == UPDRAFT_FETCH_MORE && agent->download.at == 0 && agent->download.resumed == 0) {
        report_step(agent, UPDRAFT_REPORT_DOWNLOADING, agent->download.offer.digest);
    }
    return result;
}

static void download(struct updraft_agent *agent) {
    const struct updraft_offer *offer = &agent->download.offer;
    struct updraft_fetch_means with = means(agent);
    char text[DETAIL_MAX];
    if (offer->size > agent->config->staging->size) {
        refuse(agent, UPDRAFT_REASON_TOO_LARGE, false);
        return;
    }
    if (offer->kind != UPDRAFT_OFFER_IMAGE) {
        refuse(agent, UPDRAFT_REASON_MALFORMED, false); // not asked for: `capabilities` has no delta
        return;
    }
    switch (agent->begun ? updraft_fetch_step(&agent->download, &with) : begin_download(agent, &with)) {
    case UPDRAFT_FETCH_MORE: tell_progress(agent); break;
    case UPDRAFT_FETCH_COMPLETE:
        tell(agent, UPDRAFT_DOWNLOADED, NULL);
        report_step(agent, UPDRAFT_REPORT_DOWNLOADED, offer->digest);
        agent->phase = UPDRAFT_AGENT_VERIFY;
        break;
    case UPDRAFT_FETCH_NETWORK: retry(agent); break;
    case UPDRAFT_FETCH_GONE:
        fail(agent, "network", describe(text, agent->download.status, agent->download.problem));
        break;
    case UPDRAFT_FETCH_WITHDRAWN: // no verdict about the image: it is just not for this device now
        tell(agent, UPDRAFT_FAILED, "withdrawn");
        agent->download.live = false;
        (void)updraft_journal_drop(&agent->journal);
        agent->phase = UPDRAFT_AGENT_CHECK_IN;
        sleep_for(agent, agent->interval);
        break;
    case UPDRAFT_FETCH_LATER: wait_for_wear(agent); break;
    case UPDRAFT_FETCH_WRONG: // a line may garble bytes: try again soon
        fail(agent, "download", "the bytes do not have the offered SHA-256");
        back_off(agent, UINT32_MAX);
        break;
    case UPDRAFT_FETCH_FLASH: fail(agent, "flash", NULL); break;
    }
}

static void verify(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    enum updraft_reason reason = updraft_staged_verdict(config->staging, &agent->download.offer, config->layout->board,
                                                        config->buffer, config->buffer_size, config->feed);
    if (reason == UPDRAFT_REASON_NONE) {
        agent->phase = UPDRAFT_AGENT_INSTALL;
        agent->allowed = false;
        memcpy(agent->staged_sha256, agent->download.offer.sha256, sizeof agent->staged_sha256);
    } else if (reason == UPDRAFT_REASON_FLASH) {
        agent->download.live = false;
        (void)updraft_journal_drop(&agent->journal);
        fail(agent, "flash", "what is staged does not read as it was written");
    } else {
        refuse(agent, reason, true);
    }
}

static void install(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    const uint8_t *digest = agent->download.offer.digest;
    if (config->may_install != NULL && !config->may_install(config->context)) {
        agent->allowed = false;
        agent->wake_at = now(agent) + SUPERVISION_MS;
        return;
    }
    if (!agent->allowed) { // it may have been withdrawn since it was offered
        check_in(agent);
        return;
    }
    if (updraft_boot_state_request(&agent->journal.log, config->staging->source, digest) != UPDRAFT_OK) {
        fail(agent, "flash", NULL);
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
    agent->interval = bounded(config->interval != 0 ? config->interval : INTERVAL_DEFAULT_S);
    agent->range = config->range != 0 ? config->range : RANGE_DEFAULT;
    agent->range -= agent->range % (uint32_t)config->buffer_size; // so that every piece but the last fills the buffer
    agent->range = agent->range != 0 ? agent->range : (uint32_t)config->buffer_size;
    agent->capabilities = updraft_boot_info(config->layout->running.flash) & UPDRAFT_BOOT_CAN;
    updraft_http_start(&agent->http, config->network);
    agent->started_at = agent->wake_at = now(agent);
    agent->paid_back_at = agent->started_at + UPDRAFT_JOURNAL_PAID_BACK_S * 1000U;
    return updraft_journal_open(&agent->journal, config->layout) && config->buffer_size >= BUFFER_MIN &&
           config->buffer_size % config->staging->unit == 0 && strlen(config->id) <= 64 &&
           updraft_http_parse_address(config->server, &agent->server, &path) && path[0] == '\0';
}

// An image that failed for a reason of the moment is tried again, but not at once.
static void defer(struct updraft_agent *agent) {
    const struct updraft_outcome *outcome = updraft_journal_outcome(&agent->journal);
    agent->defers =
        outcome != NULL && outcome->kind != UPDRAFT_OUTCOME_CONFIRMED && !updraft_journal_is_final(outcome->reason);
    if (agent->defers) {
        agent->deferred_at = now(agent);
        memcpy(agent->deferred, outcome->digest, sizeof agent->deferred);
    }
}

uint32_t updraft_agent_poll(struct updraft_agent *agent) {
    if (agent->phase == UPDRAFT_AGENT_START) {
        bool trial = updraft_journal_on_trial(&agent->journal);
        tell(agent, trial ? UPDRAFT_TRIAL : UPDRAFT_STARTING, NULL);
        tell_outcome(agent);
        defer(agent);
        agent->phase = UPDRAFT_AGENT_CHECK_IN;
    }
    if ((int32_t)(now(agent) - agent->paid_back_at) >= 0) {
        agent->paid_back_at += UPDRAFT_JOURNAL_PAID_BACK_S * 1000U;
        (void)updraft_journal_pay_back(&agent->journal);
        agent->waits = false;
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
