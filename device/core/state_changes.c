// What the application asks for and says: each changes the state and appends it once.
#include <stddef.h>
#include <string.h>

#include "updraft_boot_state.h"

const char *updraft_reason_name(uint8_t reason) {
    static const char *const names[] = {
        NULL,         "signature", "digest", "download",      "malformed", "board",    "counter",
        "dependency", "too-large", "flash",  "not-confirmed", "self-test", "watchdog", "network",
    };
    return reason < sizeof names / sizeof names[0] ? names[reason] : NULL;
}

// The old state comes back when the append fails, so that the caller may try again.
static enum updraft_status append_or_keep(struct updraft_boot_state *log, const struct updraft_state_record *before) {
    enum updraft_status status = updraft_boot_state_append(log);
    if (status != UPDRAFT_OK)
        log->state = *before;
    return status;
}

bool updraft_state_is_under_way(const struct updraft_state_record *state) {
    switch (state->phase) {
    case UPDRAFT_PHASE_CONFIRMED:
    case UPDRAFT_PHASE_PENDING: return false;
    // What failed runs because its fallback cannot be read: it may install something else, beside a fallback that is
    // outside the chip, or instead of one that is gone.
    case UPDRAFT_PHASE_REVERTING: return state->has_running && state->fallback == UPDRAFT_SOURCE_STAGING;
    default: return true;
    }
}

enum updraft_status updraft_boot_state_request(struct updraft_boot_state *log, enum updraft_source source,
                                               const uint8_t digest[UPDRAFT_DIGEST_SIZE]) {
    struct updraft_state_record before = log->state;
    if (updraft_state_is_under_way(&before))
        return UPDRAFT_ERROR_FORMAT;
    log->state.phase = UPDRAFT_PHASE_PENDING;
    log->state.source = (uint8_t)source;
    updraft_state_forget_before(&log->state);
    memcpy(log->state.pending, digest, UPDRAFT_DIGEST_SIZE);
    updraft_download_forget(&log->state.download);
    // Whatever is broken in the boot state shows now, while the running image is whole.
    enum updraft_status status = updraft_boot_state_append_with_room(log, updraft_layout_records(log->layout));
    if (status != UPDRAFT_OK)
        log->state = before;
    return status;
}

enum updraft_status updraft_boot_state_confirm(struct updraft_boot_state *log) {
    struct updraft_state_record before = log->state;
    struct updraft_state_record *state = &log->state;
    if (before.phase != UPDRAFT_PHASE_TRIAL)
        return before.phase == UPDRAFT_PHASE_REVERTING ? UPDRAFT_ERROR_FORMAT : UPDRAFT_OK;
    state->phase = UPDRAFT_PHASE_CONFIRMED;
    memcpy(state->running, before.pending, UPDRAFT_DIGEST_SIZE);
    memcpy(state->pending, before.running, UPDRAFT_DIGEST_SIZE);
    state->has_running = 1;
    state->has_fallback = before.has_running ? UPDRAFT_FALLBACK_BEFORE : UPDRAFT_FALLBACK_NONE;
    if (before.counter_new > before.counter)
        state->counter = before.counter_new;
    memset(&state->outcome, 0, sizeof state->outcome);
    state->outcome.kind = UPDRAFT_OUTCOME_CONFIRMED;
    state->outcome.attempts = before.attempts;
    memcpy(state->outcome.digest, before.pending, UPDRAFT_DIGEST_SIZE);
    return append_or_keep(log, &before);
}

enum updraft_status updraft_boot_state_reject(struct updraft_boot_state *log, enum updraft_reason reason) {
    struct updraft_state_record before = log->state;
    if (before.phase != UPDRAFT_PHASE_TRIAL)
        return UPDRAFT_ERROR_FORMAT;
    updraft_state_revert(&log->state, reason);
    return append_or_keep(log, &before);
}

enum updraft_status updraft_boot_state_reported(struct updraft_boot_state *log) {
    struct updraft_state_record before = log->state;
    if (before.outcome.kind == UPDRAFT_OUTCOME_NONE)
        return UPDRAFT_OK;
    memset(&log->state.outcome, 0, sizeof log->state.outcome);
    return append_or_keep(log, &before);
}

enum updraft_status updraft_boot_state_claim_staging(struct updraft_boot_state *log) {
    struct updraft_state_record before = log->state;
    if (updraft_state_is_under_way(&before))
        return UPDRAFT_ERROR_FORMAT;
    updraft_state_withdraw(&log->state);
    updraft_state_forget_before(&log->state);
    bool changed = log->state.phase != before.phase || log->state.has_fallback != before.has_fallback;
    return changed ? append_or_keep(log, &before) : updraft_boot_state_make_durable(log);
}

enum updraft_status updraft_boot_state_keep_fallback(struct updraft_boot_state *log, enum updraft_source place) {
    struct updraft_state_record before = log->state;
    if (before.phase != UPDRAFT_PHASE_CONFIRMED || place == UPDRAFT_SOURCE_STAGING)
        return UPDRAFT_ERROR_FORMAT;
    log->state.has_fallback = UPDRAFT_FALLBACK_COPY;
    log->state.fallback = (uint8_t)place;
    return append_or_keep(log, &before);
}
