#include "boot.h"

#include <stddef.h>
#include <string.h>

#include "find.h"
#include "swap.h"
#include "updraft_digest.h"
#include "upload.h"

enum { TRIES_BACK = 3 }; // of copying the fallback back, in one boot

#define DECISIONS_MOST 32 // before recovery has its turn: readings, and the actions that follow from them

#ifndef UPDRAFT_CONSOLE
#define UPDRAFT_CONSOLE 1
#endif

static void say(const struct boot *boot, const char *text) {
    if (UPDRAFT_CONSOLE)
        boot->platform->say(text);
}

// From here on something may wait for hardware that does not answer.
static void watch(struct boot *boot) {
    if (!boot->watched)
        boot->platform->arm_watchdog();
    boot->watched = true;
}

static bool append(struct boot *boot) {
    boot->findings.unwritable = updraft_boot_state_append(&boot->log) != UPDRAFT_OK;
    boot->unrecorded = boot->findings.unwritable;
    return !boot->findings.unwritable;
}

// What was decided is on the flash before anything follows from it, or cannot be.
static void record(struct boot *boot) {
    if (boot->unrecorded)
        (void)append(boot);
    else if (updraft_boot_state_make_durable(&boot->log) != UPDRAFT_OK)
        boot->findings.unwritable = true;
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

// The only way to an application. What it jumps to stands in boot->image, as it was hashed; whether that is signed is
// asked here once more, so that no single fault on the way here starts something else.
static void jump(struct boot *boot) {
    const struct boot_image *image = &boot->image;
    const struct boot_platform *platform = boot->platform;
    enum updraft_status why;
    if (boot->image_is != BOOT_IN_SLOT && boot_read(boot, BOOT_IN_SLOT, &why) != BOOT_GOOD) {
        boot->findings.slot = BOOT_SLOT_UNREAD;
        return;
    }
    for (int i = 0; i < 2; i++)
        if (!boot_is_valid(boot))
            platform->reset();
    platform->start(boot->layout->running.address + boot->layout->header_size, image->stack, image->entry);
}

static void start(struct boot *boot) {
    const struct boot_platform *platform = boot->platform;
    say(boot, "boot: starting");
    if (boot->watched && !platform->application_feeds && platform->start_unwatched != NULL)
        platform->start_unwatched();
    jump(boot);
}

// The boot state is not changed by it: whoever is confirmed stays so, and what failed stays failed.
static void start_unconfirmed(struct boot *boot) {
    say(boot, "boot: starting, unconfirmed");
    if (boot->unrecorded)
        (void)append(boot); // or it might confirm itself
    watch(boot);
    jump(boot);
}

static void try_image(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    if (state->attempts < UINT8_MAX)
        state->attempts++;
    state->counter_new = boot->image.counter;
    if (!append(boot)) {
        say(boot, "boot: cannot count this start");
        return;
    }
    say(boot, "boot: starting on trial");
    watch(boot);
    jump(boot);
}

// Nothing is known of what the slot holds, and it verifies.
static void accept_slot_image(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    say(boot, "boot: the slot verifies");
    state->phase = UPDRAFT_PHASE_CONFIRMED;
    state->has_running = 1;
    state->has_fallback = UPDRAFT_FALLBACK_NONE;
    state->slot_whole = boot->log.sequence == 0; // nothing ever wrote here but the programmer, which reads back
    if (boot->image.counter > state->counter)
        state->counter = boot->image.counter;
    memcpy(state->running, boot->image.digest, UPDRAFT_DIGEST_SIZE);
    boot->findings.slot = BOOT_SLOT_RUNNING;
    (void)append(boot);
}

static void refuse_for(struct boot *boot, enum updraft_status why) {
    enum updraft_reason reason = boot_reason(why);
    say(boot, "boot: the pending image is refused");
    if (UPDRAFT_CONSOLE)
        say(boot, updraft_reason_name((uint8_t)reason));
    boot->log.state.attempts = 0;
    set_outcome(boot, UPDRAFT_OUTCOME_REFUSED, reason);
    updraft_state_withdraw(&boot->log.state);
    (void)append(boot); // if it cannot be written the next boot refuses again
}

static void refuse(struct boot *boot) {
    if (boot_reason(boot->stopped) == UPDRAFT_REASON_FLASH && boot->log.state.source == UPDRAFT_SOURCE_STAGING)
        boot->failed_address = boot->layout->staging.address;
    refuse_for(boot, boot->stopped);
}

static void begin_swap(struct boot *boot) {
    struct updraft_state_record before = boot->log.state, *state = &boot->log.state;
    const struct boot_plan *plan = &boot->plan;
    say(boot, "boot: installing");
    state->phase = UPDRAFT_PHASE_SWAPPING;
    state->units_new = plan->units_new;
    state->units_old = plan->units_old;
    state->has_running = plan->units_old > 0;
    state->units_done = 0;
    state->attempts = 0;
    state->skipped = plan->equal;
    state->slot_whole = 0;
    state->keep_source = plan->keeps_source;
    state->has_fallback = plan->keeps_copy ? UPDRAFT_FALLBACK_COPY : UPDRAFT_FALLBACK_NONE;
    state->fallback = plan->fallback;
    boot->findings.unwritable =
        updraft_boot_state_append_with_room(&boot->log, updraft_layout_records(boot->layout)) != UPDRAFT_OK;
    if (boot->findings.unwritable)
        *state = before; // nothing was touched yet: better no update than no device
}

static void swap(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    boot->stopped = boot_swap(boot);
    if (boot->stopped == UPDRAFT_ERROR_READ || boot->stopped == UPDRAFT_ERROR_FORMAT) // once is no reason to go back
        boot->stopped = boot_swap(boot);
    boot->findings.slot = BOOT_SLOT_UNREAD;
    boot->findings.stuck = boot->stopped != UPDRAFT_OK;
    if (boot->log.failed_address != 0)
        boot->findings.unwritable = true;
    if (boot->findings.stuck)
        return;
    state->phase = UPDRAFT_PHASE_TRIAL;
    state->slot_whole = 1;
    state->slot_failed = 0;
    (void)append(boot);
}

// Why the trial or the swap is over; NONE: nobody's fault that stays, so the image stays pending.
static enum updraft_reason reason_to_revert(const struct boot *boot) {
    const struct updraft_state_record *state = &boot->log.state;
    if (state->phase == UPDRAFT_PHASE_SWAPPING)
        return state->keep_source && (boot->stopped == UPDRAFT_ERROR_ABSENT || boot->stopped == UPDRAFT_ERROR_READ)
                   ? UPDRAFT_REASON_NONE
                   : UPDRAFT_REASON_FLASH;
    // What came into the slot is not what was verified: the image itself is not to blame.
    if (boot->findings.slot != BOOT_SLOT_PENDING || boot->findings.unwritable)
        return UPDRAFT_REASON_FLASH;
    return boot->reset_cause == UPDRAFT_RESET_WATCHDOG ? UPDRAFT_REASON_WATCHDOG : UPDRAFT_REASON_NOT_CONFIRMED;
}

// Decided, and not yet recorded: that waits until the fallback was read.
static void revert(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    uint16_t touched =
        state->phase == UPDRAFT_PHASE_SWAPPING ? boot_units_touched(state) : (uint16_t)UPDRAFT_UNITS_MOST;
    say(boot, "boot: the old image comes back");
    updraft_state_revert(state, reason_to_revert(boot));
    if (state->reason == UPDRAFT_REASON_FLASH)
        state->outcome.address = boot->failed_address;
    if (touched < UPDRAFT_UNITS_MOST)
        state->skipped |= UINT32_MAX << touched;
    boot->unrecorded = true;
    boot->tries_back = 0;
    boot->findings.stuck = false;
    boot->findings.fallback = BOOT_UNREAD;
}

static void copy_back(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    bool was_writable = !boot->findings.unwritable;
    if (state->units_done >= state->units_old) // all of it came back, and the slot does not verify
        state->units_done = 0;
    if (state->units_done == 0)
        boot->proven_back = true;
    if (boot->tries_back++ == TRIES_BACK) {
        boot->findings.stuck = true;
        return;
    }
    boot->unrecorded = boot->unrecorded || state->slot_whole;
    state->slot_whole = 0;
    record(boot);
    if (was_writable && boot->findings.unwritable)
        return; // it may have come back before, unrecorded
    boot->findings.slot = BOOT_SLOT_UNREAD;
    enum updraft_status status = boot_copy_back(boot);
    if (status == UPDRAFT_ERROR_PROGRAM || status == UPDRAFT_ERROR_ERASE)
        boot->findings.stuck = true;
    else if (status != UPDRAFT_OK)
        boot->findings.fallback = BOOT_UNREAD; // does it still answer?
}

static void end_revert(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    boot->failed_address = state->outcome.address;
    bool stays_pending = state->reason == UPDRAFT_REASON_NONE;
    if (!stays_pending)
        set_outcome(boot, state->attempts > 0 ? UPDRAFT_OUTCOME_ROLLED_BACK : UPDRAFT_OUTCOME_REFUSED,
                    (enum updraft_reason)state->reason);
    state->phase = stays_pending ? UPDRAFT_PHASE_PENDING : UPDRAFT_PHASE_CONFIRMED;
    state->slot_failed = 0;
    state->slot_whole = boot->proven_back;
    if (state->has_fallback != UPDRAFT_FALLBACK_COPY)
        state->has_fallback = UPDRAFT_FALLBACK_NONE;
    boot->findings.update = BOOT_SILENT; // not again in this boot
    (void)append(boot);
}

static void forget_fallback(struct boot *boot) {
    boot->log.state.has_running = 0;
    boot->log.state.has_fallback = UPDRAFT_FALLBACK_NONE;
    (void)append(boot);
}

// The confirmed image is damaged: a copy of it, or the one before, takes its place.
static void restore(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    memcpy(state->pending, state->running, UPDRAFT_DIGEST_SIZE);
    memcpy(state->running, boot->image.digest, UPDRAFT_DIGEST_SIZE);
    state->has_running = 1;
    state->attempts = 1;
    state->units_old = boot_units(boot, boot->image.total_size);
    say(boot, "boot: the slot is damaged");
    updraft_state_revert(state, UPDRAFT_REASON_DIGEST);
    state->outcome.address = 0;
    if (state->has_fallback == UPDRAFT_FALLBACK_COPY)
        state->skipped = 0; // which units of the slot are damaged is not known
    boot->unrecorded = true;
}

static void take_staged(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    memcpy(state->pending, boot->image.digest, UPDRAFT_DIGEST_SIZE);
    state->phase = UPDRAFT_PHASE_PENDING;
    state->source = UPDRAFT_SOURCE_STAGING;
    state->has_running = 0;
    boot->findings.update = BOOT_UNREAD;
    (void)append(boot);
}

// Whoever was waited for may answer now: everything is asked again, and what was decided from silence is forgotten.
static void look_again(struct boot *boot, bool waited) {
    boot->findings = (struct boot_findings){.waited = waited, .bitten = boot->findings.bitten};
    boot->image_is = BOOT_NOWHERE;
    boot->failed_address = 0;
    boot->unrecorded = false;
    (void)updraft_boot_state_open(&boot->log, boot->layout);
}

static BOOT_OWN_FRAME void recover(struct boot *boot) {
    say(boot, "boot: nothing can be started; waiting for an image");
    boot->platform->recover();
    look_again(boot, true);
}

static void run_action(struct boot *boot, enum boot_action action) {
    if (action != BOOT_READ_SLOT && action != BOOT_START && action != BOOT_ACCEPT)
        watch(boot);
    switch (action) {
    case BOOT_READ_SLOT: boot_find_slot(boot); break;
    case BOOT_READ_UPDATE:
        say(boot, "boot: verifying the pending image");
        boot_find_update(boot);
        break;
    case BOOT_READ_FALLBACK: boot_find_fallback(boot); break;
    case BOOT_READ_STAGED: boot_find_staged(boot); break;
    case BOOT_ACCEPT: accept_slot_image(boot); break;
    case BOOT_START: start(boot); break;
    case BOOT_START_UNCONFIRMED: start_unconfirmed(boot); break;
    case BOOT_REFUSE: refuse(boot); break;
    case BOOT_BEGIN_SWAP: begin_swap(boot); break;
    case BOOT_SWAP: swap(boot); break;
    case BOOT_TRY: try_image(boot); break;
    case BOOT_REVERT: revert(boot); break;
    case BOOT_COPY_BACK: copy_back(boot); break;
    case BOOT_END_REVERT: end_revert(boot); break;
    case BOOT_FORGET_FALLBACK: forget_fallback(boot); break;
    case BOOT_RESTORE: restore(boot); break;
    case BOOT_TAKE_STAGED: take_staged(boot); break;
    default: recover(boot); break;
    }
}

static BOOT_OWN_FRAME void request_from_card(struct boot *boot) {
    uint8_t digest[UPDRAFT_DIGEST_SIZE] = {0};
    enum updraft_status status = boot_request_waiting(boot, UPDRAFT_SOURCE_CARD, digest);
    // What waits in staging is worth more than a bad card.
    if (status != UPDRAFT_OK && boot->log.state.phase != UPDRAFT_PHASE_PENDING) {
        memcpy(boot->log.state.pending, digest, sizeof digest);
        refuse_for(boot, status);
    }
}

// What the application asked for through the backup registers. Staging is left alone while the update under way needs
// it.
static void handle_request(struct boot *boot) {
    if (boot->request == UPDRAFT_REQUEST_START) { // left by start_unwatched: what is pending has had its turn
        boot_find_slot(boot);
        if (boot->findings.slot == BOOT_SLOT_RUNNING)
            start(boot);
        return;
    }
    if (boot->request == UPDRAFT_REQUEST_NONE || boot_staging_is_needed(boot))
        return;
    watch(boot);
    if (boot->request == UPDRAFT_REQUEST_RECOVERY)
        boot->platform->recover();
    if (UPDRAFT_CARD && boot->request == UPDRAFT_REQUEST_CARD)
        request_from_card(boot);
}

void boot_run(struct boot *boot, const struct boot_platform *platform) {
    boot->platform = platform;
    boot->layout = platform->layout;
    boot->findings = (struct boot_findings){0};
    boot->tries_back = 0;
    boot->proven_back = false;
    boot->taken = false;
    boot->watched = platform->application_feeds;
    look_again(boot, false);
    boot->findings.bitten =
        boot->reset_cause == UPDRAFT_RESET_WATCHDOG && boot->log.state.phase == UPDRAFT_PHASE_REVERTING;
    if (platform->application_feeds)
        platform->arm_watchdog();
    handle_request(boot);
    for (;;) {
        for (int i = 0; i < DECISIONS_MOST; i++)
            run_action(boot, boot_decide(&boot->log.state, &boot->findings, platform->trial_attempts));
        recover(boot);
    }
}
