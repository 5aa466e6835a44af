#include "boot.h"

#include <stddef.h>
#include <string.h>

#include "compare.h"
#include "decide.h"
#include "swap.h"
#include "upload.h"
#include "verify.h"

#define DECISIONS_MOST 12 // in one power-up: install, walk, try, revert, go back, start, and some for failures

static void say(const struct boot *boot, const char *text) {
    boot->platform->say(text);
}

static void set_outcome(struct boot *boot, enum updraft_outcome_kind kind, enum updraft_reason reason) {
    struct updraft_state_record *state = &boot->log.state;
    struct updraft_outcome *outcome = &state->outcome;
    *outcome = (struct updraft_outcome){.kind = (uint8_t)kind,
                                        .reason = (uint8_t)reason,
                                        .attempts = state->attempts,
                                        .reset_cause = (uint8_t)boot->reset_cause,
                                        .address = reason == UPDRAFT_REASON_FLASH ? boot->failed_address : 0,
                                        .checkpoint = boot->checkpoint};
    memcpy(outcome->digest, state->pending, UPDRAFT_DIGEST_SIZE);
}

static bool slot_holds(struct boot *boot, const uint8_t digest[32]) {
    struct boot_view view;
    struct updraft_reader reader = boot_view_slot(&view, boot);
    return boot_is(boot, &reader, digest);
}

static void start(struct boot *boot) {
    const struct updraft_layout *layout = boot->layout;
    boot->platform->start(layout->running.address + layout->header_size);
}

// Nothing known, or what was known is gone: the slot's image runs if it verifies. False if it does not.
static bool adopt(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    struct updraft_image image;
    struct boot_view view;
    struct updraft_reader reader = boot_view_slot(&view, boot);
    uint8_t digest[32];
    if (boot_verify(boot, &reader, &image, NULL, digest) != UPDRAFT_OK)
        return false;
    say(boot, "boot: the image in the slot verifies");
    state->phase = UPDRAFT_PHASE_CONFIRMED;
    state->has_running = 1;
    state->has_fallback = UPDRAFT_FALLBACK_NONE;
    state->slot_whole = boot->log.sequence == 0; // nothing ever wrote here but the programmer, which reads back
    if (image.counter > state->counter)
        state->counter = image.counter;
    memcpy(state->running, digest, sizeof digest);
    return updraft_boot_state_append(&boot->log) == UPDRAFT_OK;
}

static void refuse(struct boot *boot, enum updraft_reason reason) {
    say(boot, "boot: the wanted image is refused");
    say(boot, updraft_reason_name((uint8_t)reason));
    boot->log.state.attempts = 0;
    set_outcome(boot, UPDRAFT_OUTCOME_REFUSED, reason);
    boot->log.state.phase = boot->log.state.has_running ? UPDRAFT_PHASE_CONFIRMED : UPDRAFT_PHASE_NEW;
    (void)updraft_boot_state_append(&boot->log); // if it cannot be written the next boot refuses again
}

// How many steps of the running image must be kept; 0 when it is not the one that is known to work.
static uint16_t steps_to_keep(struct boot *boot, struct updraft_version *version) {
    struct updraft_image image;
    struct boot_view view;
    struct updraft_reader reader = boot_view_slot(&view, boot);
    if (!boot->log.state.has_running || !slot_holds(boot, boot->log.state.running) ||
        updraft_image_open(&image, &reader) != UPDRAFT_OK)
        return 0;
    *version = image.version;
    return boot_steps(boot, image.total_size);
}

// What the walk has to know of the wanted image.
struct wanted {
    struct updraft_image image;
    uint32_t equal;       // steps that the slot holds already, a bit each
    uint32_t stored_size; // bytes that it takes where it stands
    bool packed;
};

static enum updraft_status verify_wanted(struct boot *boot, const struct updraft_version *running, uint16_t units_old,
                                         struct wanted *wanted) {
    const struct updraft_state_record *state = &boot->log.state;
    struct boot_view view;
    struct boot_compare compare;
    struct updraft_reader reader;
    uint8_t digest[32];
    enum updraft_status status =
        boot_view_open(&view, boot, (enum updraft_source)state->source, BOOT_UPDATE, 0, &reader);
    if (status == UPDRAFT_OK)
        status = boot_verify_packed(boot, &view);
    if (status != UPDRAFT_OK)
        return status;
    struct updraft_reader comparing = boot_compare_reader(&compare, boot, &reader);
    status = boot_verify(boot, &comparing, &wanted->image, running, digest);
    if (status == UPDRAFT_OK && memcmp(digest, state->pending, sizeof digest) != 0)
        status = UPDRAFT_ERROR_DIGEST;
    wanted->equal = boot_compare_equal(&compare, state, wanted->image.hashed_size, units_old);
    wanted->packed = view.packed;
    wanted->stored_size = view.stored_size;
    return status;
}

// The copy that the agent put outside the chip counts only once it was read here.
static bool has_copy(struct boot *boot) {
    const struct updraft_state_record *state = &boot->log.state;
    struct boot_view view;
    struct updraft_reader reader;
    return BOOT_HAS_MEDIA && state->has_fallback == UPDRAFT_FALLBACK_COPY && state->fallback == state->source &&
           state->source != UPDRAFT_SOURCE_STAGING && boot_view_fallback(&view, boot, &reader) == UPDRAFT_OK &&
           boot_is(boot, &reader, state->running);
}

// Decides where the old image is kept. False when there is no room for it.
static bool plan_fallback(struct boot *boot, const struct wanted *wanted, uint16_t units_old) {
    struct updraft_state_record *state = &boot->log.state;
    state->keep_source = wanted->packed || state->source != UPDRAFT_SOURCE_STAGING;
    if (units_old > 0 && has_copy(boot))
        return true;
    state->fallback = UPDRAFT_SOURCE_STAGING;
    state->has_fallback = UPDRAFT_FALLBACK_NONE;
    uint32_t taken =
        state->source == UPDRAFT_SOURCE_STAGING ? updraft_layout_staged_offset(boot->layout) + wanted->stored_size : 0;
    return units_old == 0 || !state->keep_source ||
           taken + units_old * boot->layout->swap_unit <= boot->layout->staging.size;
}

static BOOT_OWN_FRAME void install(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    struct updraft_version version;
    struct wanted wanted = {0};
    uint16_t units_old = steps_to_keep(boot, &version);
    say(boot, "boot: verifying the wanted image");
    enum updraft_status status = verify_wanted(boot, units_old > 0 ? &version : NULL, units_old, &wanted);
    uint16_t units_new = boot_steps(boot, wanted.image.total_size);
    if (status == UPDRAFT_OK && (units_new > UPDRAFT_UNITS_MOST || !plan_fallback(boot, &wanted, units_old)))
        status = UPDRAFT_ERROR_TOO_LARGE;
    if (status != UPDRAFT_OK) {
        if (boot_reason(status) == UPDRAFT_REASON_FLASH && state->source == UPDRAFT_SOURCE_STAGING)
            boot->failed_address = boot->layout->staging.address;
        refuse(boot, boot_reason(status));
        return;
    }
    state->phase = UPDRAFT_PHASE_SWAPPING;
    state->units_new = units_new;
    state->units_old = units_old;
    state->has_running = units_old > 0;
    state->units_done = 0;
    state->attempts = 0;
    state->counter_new = wanted.image.counter;
    state->skipped = wanted.equal;
    if (updraft_boot_state_append(&boot->log) !=
        UPDRAFT_OK) { // nothing was touched yet: better no update than no device
        boot->failed_address = boot->log.failed_address;
        refuse(boot, UPDRAFT_REASON_FLASH);
    }
}

static void begin_going_back(struct boot *boot, enum updraft_reason reason) {
    struct updraft_state_record *state = &boot->log.state;
    say(boot, "boot: the old image comes back");
    state->phase = UPDRAFT_PHASE_REVERTING;
    state->reason = (uint8_t)reason;
    state->units_done = 0;
    if (reason == UPDRAFT_REASON_FLASH)
        state->outcome.address = boot->failed_address;
    (void)updraft_boot_state_append(&boot->log);
}

// False when the walk cannot go on at all, neither forwards nor back.
static bool walk(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    say(boot, "boot: installing");
    enum updraft_status status = boot_walk(boot);
    if (status == UPDRAFT_OK) {
        state->phase = UPDRAFT_PHASE_TRIAL;
        state->slot_whole = 1;
        return updraft_boot_state_append(&boot->log) == UPDRAFT_OK;
    }
    if (boot->log.failed_address != 0 || !state->has_running)
        return false;
    // Only what was moved has to come back: the old steps behind that stand where they always did.
    uint16_t moved = (uint16_t)((state->units_done + 1) / 2);
    if (moved < UPDRAFT_UNITS_MOST)
        state->skipped |= UINT32_MAX << moved;
    begin_going_back(boot, boot_reason(status));
    return true;
}

static void try_image(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    if (!boot_may_start(boot, state->pending)) {
        if (state->has_running)
            begin_going_back(boot, UPDRAFT_REASON_DIGEST);
        else
            state->phase = UPDRAFT_PHASE_NEW;
        return;
    }
    if (state->attempts < UINT8_MAX)
        state->attempts++;
    if (updraft_boot_state_append(&boot->log) != UPDRAFT_OK)
        say(boot, "boot: the log cannot be written; this start is not counted");
    say(boot, "boot: starting on trial");
    boot->platform->arm_watchdog();
    start(boot);
}

static void revert(struct boot *boot) {
    bool bitten = boot->reset_cause == UPDRAFT_RESET_WATCHDOG;
    begin_going_back(boot, bitten ? UPDRAFT_REASON_WATCHDOG : UPDRAFT_REASON_NOT_CONFIRMED);
}

// False when the old image did not come back whole.
static bool go_back(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    uint32_t address = state->outcome.address;
    if (boot_go_back(boot) != UPDRAFT_OK || !slot_holds(boot, state->running))
        return false;
    boot->failed_address = address;
    set_outcome(boot, state->attempts > 0 ? UPDRAFT_OUTCOME_ROLLED_BACK : UPDRAFT_OUTCOME_REFUSED,
                (enum updraft_reason)state->reason);
    state->phase = UPDRAFT_PHASE_CONFIRMED;
    if (state->has_fallback != UPDRAFT_FALLBACK_COPY)
        state->has_fallback = UPDRAFT_FALLBACK_NONE;
    return updraft_boot_state_append(&boot->log) == UPDRAFT_OK;
}

// The confirmed image is damaged: the one before may still stand where it was kept.
static bool fall_back(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    struct boot_view view;
    struct updraft_reader reader;
    struct updraft_image image;
    uint8_t digest[32];
    if (boot_view_fallback(&view, boot, &reader) != UPDRAFT_OK ||
        boot_verify(boot, &reader, &image, NULL, digest) != UPDRAFT_OK)
        return false;
    memcpy(state->pending, state->running, sizeof digest);
    memcpy(state->running, digest, sizeof digest);
    state->has_running = 1;
    state->attempts = 1;
    state->units_old = boot_steps(boot, image.total_size);
    begin_going_back(boot, UPDRAFT_REASON_DIGEST);
    return true;
}

// Looks for an image that verifies: in the slot, then whole in staging as a new one, then as the one before.
static BOOT_OWN_FRAME bool rescue(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    uint8_t digest[32];
    if (boot->failed_address != 0 || boot->log.failed_address != 0)
        return false; // the flash is what failed: doing it again would only wear it
    if (adopt(boot))
        return true;
    if (boot_verify_waiting(boot, UPDRAFT_SOURCE_STAGING, digest) == UPDRAFT_OK) {
        memcpy(state->pending, digest, sizeof digest);
        state->phase = UPDRAFT_PHASE_PENDING;
        state->source = UPDRAFT_SOURCE_STAGING;
        state->has_running = 0;
        return true;
    }
    return fall_back(boot);
}

static bool act(struct boot *boot) {
    const struct updraft_state_record *state = &boot->log.state;
    switch (boot_decide(state, boot->platform->trial_attempts)) {
    case BOOT_ADOPT: return adopt(boot);
    case BOOT_START:
        if (!boot_may_start(boot, state->running))
            return false;
        say(boot, "boot: starting");
        start(boot);
        return false;
    case BOOT_INSTALL: install(boot); return true;
    case BOOT_WALK: return walk(boot);
    case BOOT_TRY: try_image(boot); return true;
    case BOOT_REVERT: revert(boot); return true;
    case BOOT_GO_BACK: return go_back(boot);
    default: return false;
    }
}

static BOOT_OWN_FRAME void take_from_card(struct boot *boot) {
    uint8_t digest[UPDRAFT_DIGEST_SIZE] = {0};
    enum updraft_status status = boot_want_waiting(boot, UPDRAFT_SOURCE_CARD, digest);
    // What waits in staging is worth more than a bad card.
    if (status != UPDRAFT_OK && boot->log.state.phase != UPDRAFT_PHASE_PENDING) {
        memcpy(boot->log.state.pending, digest, sizeof digest);
        refuse(boot, boot_reason(status));
    }
}

// What the application asked for through the backup registers. Staging is left alone while the update under way needs
// it.
static void obey(struct boot *boot) {
    if (boot_staging_is_needed(boot))
        return;
    if (boot->request == UPDRAFT_REQUEST_RECOVERY)
        boot->platform->recover();
    if (boot->request == UPDRAFT_REQUEST_CARD)
        take_from_card(boot);
}

void boot_run(struct boot *boot, const struct boot_platform *platform) {
    boot->platform = platform;
    boot->layout = platform->layout;
    boot->failed_address = 0;
    (void)updraft_boot_state_open(&boot->log, boot->layout);
    obey(boot);
    for (;;) {
        for (int i = 0; i < DECISIONS_MOST; i++)
            if (!act(boot) && !rescue(boot))
                break;
        say(boot, "boot: nothing can be started; waiting for an image");
        platform->recover();
        boot->failed_address = 0;
    }
}
