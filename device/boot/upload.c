#include "upload.h"

#include <string.h>

#include "find.h"

enum updraft_status boot_upload(struct boot *boot, uint32_t offset, uint32_t length) {
    const struct updraft_area *staging = &boot->layout->staging;
    uint32_t whole = (length + BOOT_UPLOAD_UNIT - 1) / BOOT_UPLOAD_UNIT * BOOT_UPLOAD_UNIT;
    uint32_t at = updraft_layout_staged_offset(boot->layout) + offset;
    enum updraft_status status = UPDRAFT_OK;
    memset(boot->buffer + length, 0xff, whole - length);
    boot->platform->feed();
    for (uint32_t done = 0; done < whole && status == UPDRAFT_OK; done += BOOT_UPLOAD_UNIT) {
        uint32_t block = updraft_flash_unit(staging->flash, staging->address + at + done);
        if (block != 0)
            status = updraft_area_erase(staging, at + done, block);
        if (status == UPDRAFT_OK)
            status = updraft_area_program(staging, at + done, boot->buffer + done, BOOT_UPLOAD_UNIT);
    }
    return status;
}

bool boot_staging_is_needed(const struct boot *boot) {
    const struct updraft_state_record *state = &boot->log.state;
    return state->phase == UPDRAFT_PHASE_SWAPPING || state->phase == UPDRAFT_PHASE_TRIAL ||
           (state->phase == UPDRAFT_PHASE_REVERTING && state->has_running);
}

// In the middle of a swap neither slot holds an image, and a unit may be half written; on trial nobody knows yet what
// the image is worth. Only one who gave up all of it comes here then, and what the slot holds is never confirmed.
static void give_up(struct updraft_state_record *state) {
    state->has_running = state->slot_whole = 0;
    state->slot_failed = 1;
}

static enum updraft_status record(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    updraft_state_forget_before(state);
    updraft_download_forget(&state->download);
    return updraft_boot_state_append(&boot->log);
}

enum updraft_status boot_claim_staging(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    if (boot_staging_is_needed(boot))
        give_up(state);
    updraft_state_withdraw(state);
    return record(boot);
}

enum updraft_status boot_request_waiting(struct boot *boot, enum updraft_source source, uint8_t digest[32]) {
    struct updraft_state_record *state = &boot->log.state;
    uint8_t before = state->source;
    enum updraft_status status = UPDRAFT_OK;
    state->source = (uint8_t)source;
    boot->plan.units_old = 0;
    enum boot_reading reading = boot_read(boot, BOOT_IN_UPDATE, &status);
    memcpy(digest, boot->image.digest, UPDRAFT_DIGEST_SIZE);
    if (reading != BOOT_GOOD) {
        state->source = before;
        return status;
    }
    // What failed its trial does not come back by itself: it may still be there where it came from.
    if (source != UPDRAFT_SOURCE_STAGING && state->slot_failed &&
        memcmp(digest, state->pending, UPDRAFT_DIGEST_SIZE) == 0)
        return UPDRAFT_ERROR_DIGEST;
    if (boot_staging_is_needed(boot))
        give_up(state);
    state->phase = UPDRAFT_PHASE_PENDING;
    memcpy(state->pending, digest, UPDRAFT_DIGEST_SIZE);
    return record(boot);
}
