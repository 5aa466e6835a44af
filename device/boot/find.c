#include "find.h"

#include <string.h>

#include "compare.h"
#include "swap.h"
#include "updraft_digest.h"

enum { READINGS_MOST = 3 };

static bool is_outside(const struct boot *boot, enum boot_place place) {
    const struct updraft_state_record *state = &boot->log.state;
    return BOOT_HAS_MEDIA && ((place == BOOT_IN_UPDATE && state->source != UPDRAFT_SOURCE_STAGING) ||
                              (place == BOOT_IN_FALLBACK && state->fallback != UPDRAFT_SOURCE_STAGING));
}

static enum updraft_status open(struct boot *boot, enum boot_place place, struct boot_view *view,
                                struct updraft_reader *reader) {
    const struct updraft_state_record *state = &boot->log.state;
    switch (place) {
    case BOOT_IN_SLOT: *reader = boot_view_slot(view, boot); return UPDRAFT_OK;
    case BOOT_IN_FALLBACK: return boot_view_fallback(view, boot, reader);
    case BOOT_IN_UPDATE: return boot_view_open(view, boot, (enum updraft_source)state->source, BOOT_UPDATE, 0, reader);
    default: return boot_view_open(view, boot, UPDRAFT_SOURCE_STAGING, BOOT_UPDATE, 0, reader);
    }
}

// One that is no image at all: which bytes stood there, so that another reading can be held against it. A bus on which
// nobody answers reads as one byte throughout.
static enum updraft_status note_header(struct boot *boot, const struct updraft_reader *reader) {
    uint8_t *seen = boot->image.seen;
    if (reader->read(reader->context, 0, seen, sizeof boot->image.seen) != UPDRAFT_OK)
        return UPDRAFT_ERROR_READ;
    bool is_one_byte = BOOT_HAS_MEDIA && memcmp(seen, seen + 1, sizeof boot->image.seen - 1) == 0;
    return is_one_byte ? UPDRAFT_ERROR_ABSENT : UPDRAFT_ERROR_FORMAT;
}

static BOOT_OWN_FRAME enum updraft_status read_once(struct boot *boot, enum boot_place place) {
    struct boot_view view = {0};
    struct boot_compare compare;
    struct updraft_reader reader = {0};
    memset(boot->image.seen, 0, sizeof boot->image.seen);
    enum updraft_status status = open(boot, place, &view, &reader);
    if (status == UPDRAFT_ERROR_FORMAT)
        return note_header(boot, &reader);
    if (status == UPDRAFT_OK && boot_view_is_packed(&view)) {
        struct updraft_reader stored = boot_view_stored(&view);
        status = boot_check_image(boot, &stored, BOOT_AS_STORED);
    }
    if (status != UPDRAFT_OK)
        return status;
    if (place != BOOT_IN_UPDATE)
        return boot_check_image(boot, &reader, BOOT_AS_IT_RUNS);
    struct updraft_reader comparing = boot_compare_reader(&compare, boot, &reader);
    status = boot_check_image(boot, &comparing, BOOT_AS_IT_RUNS);
    const struct updraft_state_record *state = &boot->log.state;
    struct boot_plan *plan = &boot->plan;
    plan->units_new = boot_units(boot, boot->image.total_size);
    plan->keeps_source = view.packed || state->source != UPDRAFT_SOURCE_STAGING;
    plan->equal = boot_compare_equal(&compare, boot->image.hashed_size, plan->units_old);
    // What is kept of the old image stands behind a packed one, if there is room.
    uint32_t taken =
        state->source == UPDRAFT_SOURCE_STAGING ? updraft_layout_staged_offset(boot->layout) + view.stored_size : 0;
    if (status == UPDRAFT_OK && plan->keeps_source && plan->units_old > 0 &&
        taken + plan->units_old * boot->layout->swap_unit > boot->layout->staging.size)
        status = UPDRAFT_ERROR_TOO_LARGE;
    return status == UPDRAFT_OK && plan->units_new > UPDRAFT_UNITS_MOST ? UPDRAFT_ERROR_TOO_LARGE : status;
}

static bool still_answers(struct boot *boot, enum boot_place place) {
    struct updraft_reader reader;
    const struct updraft_state_record *state = &boot->log.state;
    return place == BOOT_IN_UPDATE ? boot_source_open(boot, (enum updraft_source)state->source, BOOT_UPDATE, &reader) !=
                                         UPDRAFT_ERROR_ABSENT
                                   : boot_source_open(boot, (enum updraft_source)state->fallback, BOOT_FALLBACK,
                                                      &reader) != UPDRAFT_ERROR_ABSENT;
}

enum boot_reading boot_read(struct boot *boot, enum boot_place place, enum updraft_status *why) {
    uint8_t seen[32];
    bool agree = false;
    boot->image_is = (uint8_t)place;
    for (int reading = 0; reading < READINGS_MOST && !agree; reading++) {
        enum updraft_status before = *why;
        memcpy(seen, boot->image.seen, sizeof seen);
        *why = read_once(boot, place);
        if (*why == UPDRAFT_OK)
            return BOOT_GOOD;
        if (*why == UPDRAFT_ERROR_ABSENT && is_outside(boot, place))
            return BOOT_SILENT; // looking for it took long enough
        agree = reading > 0 && *why == before && updraft_digest_equal(seen, boot->image.seen);
    }
    if (!is_outside(boot, place))
        return agree || place == BOOT_IN_SLOT ? BOOT_BAD : BOOT_SILENT;
    bool no_answer = *why == UPDRAFT_ERROR_ABSENT || *why == UPDRAFT_ERROR_READ;
    return agree && !no_answer && still_answers(boot, place) ? BOOT_BAD : BOOT_SILENT;
}

void boot_find_slot(struct boot *boot) {
    const struct updraft_state_record *state = &boot->log.state;
    const struct boot_image *image = &boot->image;
    enum updraft_status why = UPDRAFT_OK;
    uint8_t *found = &boot->findings.slot;
    if (boot_read(boot, BOOT_IN_SLOT, &why) != BOOT_GOOD) {
        *found = BOOT_SLOT_BAD;
        boot->slot_size = 0;
        return;
    }
    boot->slot_version = image->version;
    boot->slot_size = image->total_size;
    bool is_running = state->has_running && updraft_digest_equal(image->digest, state->running);
    bool is_pending = state->phase >= UPDRAFT_PHASE_TRIAL && updraft_digest_equal(image->digest, state->pending);
    // An image that was installed over itself is on trial like any other.
    if (is_pending && (state->phase == UPDRAFT_PHASE_TRIAL || !is_running))
        *found = BOOT_SLOT_PENDING;
    else
        *found = is_running ? BOOT_SLOT_RUNNING : BOOT_SLOT_OTHER;
}

static bool copy_is_known(const struct updraft_state_record *state) {
    return BOOT_HAS_MEDIA && state->has_fallback == UPDRAFT_FALLBACK_COPY && state->source != UPDRAFT_SOURCE_STAGING &&
           state->fallback == state->source;
}

// Where the old image is kept: where the agent has put a copy of it, if that is good, else in staging. False when it
// cannot be told now.
static bool plan_fallback(struct boot *boot) {
    struct boot_plan *plan = &boot->plan;
    enum updraft_status why = UPDRAFT_OK;
    if (!copy_is_known(&boot->log.state))
        return true;
    enum boot_reading copy = boot_read(boot, BOOT_IN_FALLBACK, &why);
    if (copy == BOOT_GOOD && updraft_digest_equal(boot->image.digest, boot->log.state.running)) {
        plan->keeps_copy = true;
        plan->fallback = boot->log.state.fallback;
        plan->units_old = boot_units(boot, boot->image.total_size);
        return true;
    }
    return plan->units_old > 0 || copy == BOOT_BAD; // in the slot it can still be kept
}

void boot_find_update(struct boot *boot) {
    struct boot_plan *plan = &boot->plan;
    const struct updraft_state_record *state = &boot->log.state;
    bool runs = boot->findings.slot == BOOT_SLOT_RUNNING;
    uint8_t *found = &boot->findings.update;
    *plan = (struct boot_plan){.units_old = runs ? boot_units(boot, boot->slot_size) : 0};
    boot->stopped = UPDRAFT_OK;
    *found = (uint8_t)boot_read(boot, BOOT_IN_UPDATE, &boot->stopped);
    if (*found != BOOT_GOOD)
        return;
    if (!updraft_digest_equal(boot->image.digest, state->pending)) {
        // Another image: outside the chip somebody has exchanged the medium, and may bring the right one back.
        boot->stopped = UPDRAFT_ERROR_DIGEST;
        *found = is_outside(boot, BOOT_IN_UPDATE) ? BOOT_SILENT : BOOT_BAD;
    } else if (runs && !boot_may_follow(&boot->image, &boot->slot_version)) {
        boot->stopped = UPDRAFT_ERROR_DEPENDENCY;
        *found = BOOT_BAD;
    } else if (!plan_fallback(boot)) {
        *found = BOOT_SILENT;
    }
    if (!runs || !state->slot_whole)
        plan->equal = 0;
}

void boot_find_fallback(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    enum updraft_status why = UPDRAFT_OK;
    enum boot_reading reading = boot_read(boot, BOOT_IN_FALLBACK, &why);
    bool is_another = state->phase == UPDRAFT_PHASE_REVERTING && reading == BOOT_GOOD &&
                      !updraft_digest_equal(boot->image.digest, state->running);
    boot->findings.fallback = (uint8_t)(is_another ? BOOT_BAD : reading);
}

void boot_find_staged(struct boot *boot) {
    enum updraft_status why = UPDRAFT_OK;
    boot->findings.staged = (uint8_t)boot_read(boot, BOOT_IN_STAGING, &why);
}
