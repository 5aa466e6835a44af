#include "updraft_agent.h"

#include <string.h>

enum {
    INTERVAL_DEFAULT_S = 3600,
    TRIAL_DEFAULT_S = 600,
    RANGE_DEFAULT = 32 * 1024,
    BUFFER_MIN = 512,
    PATH_MAX_LENGTH = 100,
    PAUSE_FIRST_S = 2,        // after a first failure; doubled at each further one, up to the interval
    DOWNLOAD_TRIES = 8,       // network failures in a row before a download waits for the next check-in
    WRONG_DOWNLOADS_MAX = 3,  // downloads with a wrong SHA-256 before the offer is refused for good
    SUPERVISION_MS = 1000,    // between two looks at a trial, or at may_install
    CHECK_IN_LONGEST_S = 21 * 24 * 3600, // with its spread still below the 2^31 ms that a wrapping clock can tell apart
};

// ---- time

static uint32_t now(const struct updraft_agent *agent) {
    return agent->config->network->millis(agent->config->network->context);
}

// Up to an eighth longer, different on each device and each time, so that a fleet does not come all at once after an outage.
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
    bool about_offer = agent->phase == PHASE_DOWNLOAD || agent->phase == PHASE_VERIFY || agent->phase == PHASE_INSTALL;
    struct updraft_event event = {.state = state,
                                  .version = about_offer ? agent->download.offer.version : "",
                                  .digest = about_offer ? agent->download.offer.digest : NULL,
                                  .reason = reason,
                                  .percent = agent->percent};
    agent->config->notify(agent->config->context, &event);
}

// Sends a request to the device's own resource and reads the head of the answer.
static enum http_result post(struct updraft_agent *agent, const char *resource, const uint8_t *body, size_t length,
                             struct http_answer *answer) {
    const struct updraft_agent_config *config = agent->config;
    char path[PATH_MAX_LENGTH];
    strcpy(path, "/device/v1/"); // the id's length was checked at the start
    strcat(path, config->id);
    strcat(path, resource);
    struct http_request request = {.method = "POST",
                                   .to = &agent->server,
                                   .path = path,
                                   .token = config->token,
                                   .body = body,
                                   .body_length = length};
    return http_send(&agent->http, &request, config->buffer, config->buffer_size, answer);
}

// True when the server has it, or will never take it: a report that it calls malformed would otherwise block all later ones.
static bool send_report(struct updraft_agent *agent, const struct report *report) {
    uint8_t body[PROTOCOL_REPORT_MAX];
    struct http_answer answer;
    size_t length = report_write(report, body, sizeof body);
    if (length == 0 || post(agent, "/reports", body, length, &answer) != HTTP_OK) {
        return length == 0;
    }
    http_finish(&agent->http);
    return answer.status < 300 || answer.status == 400 || answer.status == 413;
}

// Sends what the log holds and the server has not acknowledged. The numbers come from the log, so that a report sent twice (the
// acknowledgement was lost) is one report for the server.
static bool send_reports(struct updraft_agent *agent) {
    struct updraft_memory *memory = agent->config->memory;
    uint32_t acknowledged = memory_reported(memory);
    uint32_t last = acknowledged;
    struct report report;
    bool sent = true;
    while (memory_next_report(memory, last, &report) && (sent = send_report(agent, &report))) {
        last = report.seq;
    }
    return (last == acknowledged || memory_set_reported(memory, last)) && sent;
}

// Something that the log need not keep: the device tries again by itself.
static void fail(struct updraft_agent *agent, const char *reason) {
    tell(agent, UPDRAFT_FAILED, reason);
    struct report report = {.event = REPORT_FAILED, .digest = agent->download.offer.digest, .reason = reason};
    if (strcmp(reason, "network") != 0) {
        (void)send_report(agent, &report);
    }
    agent->phase = PHASE_CHECK_IN;
}

// The offered image will not be tried again: written down, told, reported.
static void refuse(struct updraft_agent *agent, enum memory_reason reason) {
    tell(agent, UPDRAFT_REFUSED, memory_reason_text(reason));
    (void)memory_refuse(agent->config->memory, agent->download.offer.digest, reason);
    (void)send_reports(agent);
    agent->phase = PHASE_CHECK_IN;
    sleep_for(agent, agent->interval);
}

// ---- trial

static void supervise_trial(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    enum updraft_self_test result = config->self_test(config->context, agent->reached_server);
    uint32_t limit = (config->trial_seconds != 0 ? config->trial_seconds : TRIAL_DEFAULT_S) * 1000;
    if (result == UPDRAFT_TEST_PASSED) {
        if (memory_confirm(config->memory)) {
            tell(agent, UPDRAFT_CONFIRMED, NULL);
            agent->wake_at = now(agent); // report it
        }
    } else if (result == UPDRAFT_TEST_FAILED) {
        (void)memory_fail_trial(config->memory, MEMORY_SELF_TEST);
        tell(agent, UPDRAFT_ROLLED_BACK, memory_reason_text(MEMORY_SELF_TEST));
        config->reset(config->context);
    } else if (now(agent) - agent->started_at >= limit) {
        tell(agent, UPDRAFT_FAILED, memory_reason_text(MEMORY_NOT_CONFIRMED));
        config->reset(config->context); // the bootloader counts attempts
    }
}

// ---- phases

static void check_in(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    tell(agent, UPDRAFT_CHECKING_IN, NULL);
    struct check_in check_in = {.digest = memory_running_digest(config->memory),
                                .version = memory_running_version(config->memory),
                                .board = config->board,
                                .room = config->staging->size,
                                .can = config->can,
                                .trial = memory_on_trial(config->memory),
                                .counter = memory_counter(config->memory)};
    uint8_t body[PROTOCOL_CHECK_IN_MAX];
    struct http_answer answer;
    size_t length = check_in_write(&check_in, body, sizeof body);
    if (!send_reports(agent) || post(agent, "/check-in", body, length, &answer) != HTTP_OK) {
        tell(agent, UPDRAFT_FAILED, "network");
        back_off(agent, UINT32_MAX);
        return;
    }
    agent->interval = answer.next_check_in != UINT32_MAX ? answer.next_check_in : agent->interval;
    bool offered = answer.status == 200 && http_read_all(&agent->http, &answer, config->buffer, config->buffer_size) &&
                   offer_read(&agent->download.offer, config->buffer, answer.length);
    http_finish(&agent->http);
    if (!offered && answer.status != 204) {
        tell(agent, UPDRAFT_FAILED, answer.status == 401 ? "token" : answer.status == 200 ? "malformed" : "network");
        back_off(agent, answer.retry_after);
        return;
    }
    agent->failures = 0;
    agent->reached_server = true;
    bool wanted = offered && !check_in.trial && memcmp(agent->download.offer.digest, check_in.digest, 32) != 0 &&
                  !memory_given_up(config->memory, agent->download.offer.digest);
    if (!wanted) {
        tell(agent, UPDRAFT_UP_TO_DATE, NULL);
        sleep_for(agent, agent->interval);
        return;
    }
    agent->phase = PHASE_DOWNLOAD;
    agent->begun = false;
}

static struct download_means means(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    return (struct download_means){.http = &agent->http,
                                   .server = &agent->server,
                                   .token = config->token,
                                   .staging = config->staging,
                                   .memory = config->memory,
                                   .buffer = config->buffer,
                                   .buffer_size = config->buffer_size,
                                   .range = agent->range};
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
    const struct offer *offer = &agent->download.offer;
    struct download_means with = means(agent);
    enum download_result result;
    if (!agent->begun) {
        if (offer->size > config->staging->size) {
            refuse(agent, MEMORY_TOO_LARGE);
            return;
        }
        agent->percent = UINT8_MAX; // so that the first piece is told
        result = download_begin(&agent->download, &with);
        agent->begun = true;
    } else {
        result = download_step(&agent->download, &with);
    }
    switch (result) {
    case DOWNLOAD_MORE:
        agent->failures = agent->download.left > 0 ? 0 : agent->failures;
        tell_progress(agent);
        break;
    case DOWNLOAD_COMPLETE:
        tell(agent, UPDRAFT_DOWNLOADED, NULL);
        (void)send_reports(agent);
        agent->phase = PHASE_VERIFY;
        break;
    case DOWNLOAD_NETWORK:
        back_off(agent, agent->download.retry_after);
        if (agent->failures >= DOWNLOAD_TRIES) {
            fail(agent, "network");
        }
        break;
    case DOWNLOAD_GONE:
        fail(agent, "network");
        sleep_for(agent, agent->interval);
        break;
    case DOWNLOAD_WRONG:
        if (memory_wrong_downloads(config->memory, offer->digest, agent->download.tag) >= WRONG_DOWNLOADS_MAX) {
            refuse(agent, MEMORY_DOWNLOAD);
        } else {
            fail(agent, memory_reason_text(MEMORY_DOWNLOAD)); // a line may garble bytes: try again
            back_off(agent, UINT32_MAX);
        }
        break;
    case DOWNLOAD_FLASH:
        fail(agent, memory_reason_text(MEMORY_FLASH));
        sleep_for(agent, agent->interval);
        break;
    }
}

static void verify(struct updraft_agent *agent) {
    const struct offer *offer = &agent->download.offer;
    enum memory_reason reason;
    if (memory_image_acceptable(agent->config->memory, offer->digest, agent->config->board, &reason)) {
        agent->phase = PHASE_INSTALL;
    } else {
        refuse(agent, reason);
    }
}

static void install(struct updraft_agent *agent) {
    const struct updraft_agent_config *config = agent->config;
    if (config->may_install != NULL && !config->may_install(config->context)) {
        agent->wake_at = now(agent) + SUPERVISION_MS;
        return;
    }
    if (!memory_install(config->memory, agent->download.offer.digest)) {
        fail(agent, memory_reason_text(MEMORY_FLASH));
        sleep_for(agent, agent->interval);
        return;
    }
    tell(agent, UPDRAFT_INSTALLING, NULL);
    (void)send_reports(agent);
    http_close(&agent->http);
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
    http_start(&agent->http, config->network);
    agent->started_at = agent->wake_at = now(agent);
    return config->buffer_size >= BUFFER_MIN && config->buffer_size % config->staging->unit == 0 &&
           strlen(config->id) <= 64 && http_parse_address(config->server, &agent->server, &path) && path[0] == '\0';
}

uint32_t updraft_agent_poll(struct updraft_agent *agent) {
    if (agent->phase == PHASE_START) {
        bool trial = memory_on_trial(agent->config->memory);
        tell(agent, trial ? UPDRAFT_TRIAL : UPDRAFT_STARTING, NULL);
        agent->phase = PHASE_CHECK_IN;
    }
    if ((int32_t)(now(agent) - agent->wake_at) >= 0) {
        agent->wake_at = now(agent);
        switch (agent->phase) {
        case PHASE_START:
        case PHASE_CHECK_IN:
            check_in(agent);
            break;
        case PHASE_DOWNLOAD:
            download(agent);
            break;
        case PHASE_VERIFY:
            verify(agent);
            break;
        case PHASE_INSTALL:
            install(agent);
            break;
        }
    }
    if (memory_on_trial(agent->config->memory)) {
        supervise_trial(agent);
    }
    int32_t left = (int32_t)(agent->wake_at - now(agent));
    uint32_t pause = left > 0 ? (uint32_t)left : 0;
    return memory_on_trial(agent->config->memory) && pause > SUPERVISION_MS ? SUPERVISION_MS : pause;
}

void updraft_agent_check_now(struct updraft_agent *agent) {
    agent->wake_at = now(agent);
}
