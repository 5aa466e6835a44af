#include "decide.h"

// Neither the slot nor what is recorded helps: a fallback, then whatever stands in staging.
static enum boot_action find_bootable(const struct updraft_state_record *state, const struct boot_findings *findings) {
    if (state->has_fallback != UPDRAFT_FALLBACK_NONE && !findings->stuck) {
        if (findings->fallback == BOOT_UNREAD)
            return BOOT_READ_FALLBACK;
        if (findings->fallback == BOOT_GOOD)
            return BOOT_RESTORE;
        if (findings->fallback == BOOT_SILENT && !findings->waited)
            return BOOT_RECOVER;
    }
    if (findings->staged == BOOT_UNREAD)
        return BOOT_READ_STAGED;
    return findings->staged == BOOT_GOOD && !findings->unwritable ? BOOT_TAKE_STAGED : BOOT_RECOVER;
}

// Starts a whole image without changing who is confirmed. Only when recovery had its time: one that hung before, one
// that reads whole although the power may have gone while a unit of it was written, and one on trial whose starts
// cannot be counted.
static enum boot_action start_what_is_there(const struct updraft_state_record *state,
                                            const struct boot_findings *findings) {
    bool is_torn = state->phase == UPDRAFT_PHASE_REVERTING && !state->slot_whole;
    bool is_uncounted = findings->unwritable && findings->slot == BOOT_SLOT_PENDING;
    if (findings->slot == BOOT_SLOT_BAD || ((findings->bitten || is_torn || is_uncounted) && !findings->waited))
        return BOOT_RECOVER;
    return findings->slot == BOOT_SLOT_RUNNING ? BOOT_START : BOOT_START_UNCONFIRMED;
}

static enum boot_action when_new(const struct updraft_state_record *state, const struct boot_findings *findings) {
    if (findings->slot == BOOT_SLOT_BAD)
        return find_bootable(state, findings);
    if (state->slot_failed)
        return start_what_is_there(state, findings);
    return findings->unwritable ? BOOT_START : BOOT_ACCEPT;
}

static enum boot_action when_confirmed(const struct updraft_state_record *state, const struct boot_findings *findings) {
    return findings->slot == BOOT_SLOT_RUNNING ? BOOT_START : when_new(state, findings);
}

static enum boot_action when_pending(const struct updraft_state_record *state, const struct boot_findings *findings) {
    switch (findings->update) {
    case BOOT_UNREAD: return BOOT_READ_UPDATE;
    case BOOT_GOOD:
        if (!findings->unwritable)
            return BOOT_BEGIN_SWAP;
        break;
    case BOOT_BAD:
        if (!findings->unwritable)
            return BOOT_REFUSE;
        break;
    default: break; // silent: it stays pending
    }
    return start_what_is_there(state, findings);
}

// What the slot reads as says nothing here: a unit that power cut may read as whole and not stay so.
static enum boot_action when_swapping(const struct updraft_state_record *state, const struct boot_findings *findings) {
    if (!findings->stuck && !findings->unwritable)
        return BOOT_SWAP;
    if (findings->unwritable && findings->slot == BOOT_SLOT_UNREAD)
        return BOOT_READ_SLOT;
    if (findings->unwritable && findings->slot == BOOT_SLOT_RUNNING) // it came back, and nothing can be recorded
        return BOOT_START;
    return state->has_running ? BOOT_REVERT : BOOT_RECOVER;
}

static enum boot_action when_on_trial(const struct updraft_state_record *state, const struct boot_findings *findings,
                                      uint8_t trial_attempts) {
    if (findings->slot == BOOT_SLOT_RUNNING && findings->unwritable) // it came back, and nothing can be recorded
        return BOOT_START;
    if (findings->slot == BOOT_SLOT_PENDING && !findings->unwritable && state->attempts < trial_attempts)
        return BOOT_TRY;
    if (state->has_running)
        return BOOT_REVERT;
    // There is nothing to go back to: recovery and this image take turns.
    if (findings->slot == BOOT_SLOT_BAD)
        return find_bootable(state, findings);
    if (!findings->waited)
        return BOOT_RECOVER;
    return findings->unwritable || findings->slot == BOOT_SLOT_OTHER ? BOOT_START_UNCONFIRMED : BOOT_TRY;
}

static enum boot_action when_reverting(const struct updraft_state_record *state, const struct boot_findings *findings) {
    if (findings->slot == BOOT_SLOT_RUNNING && findings->unwritable)
        return BOOT_START;
    if (findings->slot == BOOT_SLOT_RUNNING && state->units_done >= state->units_old)
        return BOOT_END_REVERT;
    if (!state->has_running)
        return findings->slot == BOOT_SLOT_BAD ? find_bootable(state, findings) : start_what_is_there(state, findings);
    if (findings->fallback == BOOT_UNREAD)
        return BOOT_READ_FALLBACK;
    if (findings->fallback == BOOT_GOOD)
        return findings->stuck ? start_what_is_there(state, findings) : BOOT_COPY_BACK;
    // Outside the chip another medium may have been put in its place: it may come back.
    if (findings->fallback == BOOT_BAD && state->fallback == UPDRAFT_SOURCE_STAGING && !findings->unwritable &&
        findings->slot != BOOT_SLOT_BAD)
        return BOOT_FORGET_FALLBACK;
    return start_what_is_there(state, findings);
}

enum boot_action boot_decide(const struct updraft_state_record *state, const struct boot_findings *findings,
                             uint8_t trial_attempts) {
    if (state->phase == UPDRAFT_PHASE_SWAPPING)
        return when_swapping(state, findings);
    if (findings->slot == BOOT_SLOT_UNREAD)
        return BOOT_READ_SLOT;
    switch (state->phase) {
    case UPDRAFT_PHASE_NEW: return when_new(state, findings);
    case UPDRAFT_PHASE_CONFIRMED: return when_confirmed(state, findings);
    case UPDRAFT_PHASE_PENDING: return when_pending(state, findings);
    case UPDRAFT_PHASE_TRIAL: return when_on_trial(state, findings, trial_attempts);
    case UPDRAFT_PHASE_REVERTING: return when_reverting(state, findings);
    default: return start_what_is_there(state, findings); // no record that this bootloader wrote: nothing is changed
    }
}
