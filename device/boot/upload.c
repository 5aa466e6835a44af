#include "upload.h"

#include <string.h>

#include "verify.h"

enum updraft_status boot_stage(struct boot *boot, uint32_t offset, uint32_t length) {
    const struct updraft_area *staging = &boot->layout->staging;
    uint32_t whole = (length + BOOT_STAGE_UNIT - 1) / BOOT_STAGE_UNIT * BOOT_STAGE_UNIT;
    uint32_t at = updraft_layout_staged_offset(boot->layout) + offset;
    enum updraft_status status = UPDRAFT_OK;
    memset(boot->buffer + length, 0xff, whole - length);
    boot->platform->feed();
    for (uint32_t done = 0; done < whole && status == UPDRAFT_OK; done += BOOT_STAGE_UNIT) {
        uint32_t block = updraft_flash_unit(staging->flash, staging->address + at + done);
        if (block != 0)
            status = updraft_area_erase(staging, at + done, block);
        if (status == UPDRAFT_OK)
            status = updraft_area_program(staging, at + done, boot->buffer + done, BOOT_STAGE_UNIT);
    }
    return status;
}

bool boot_staging_is_needed(const struct boot *boot) {
    uint8_t phase = boot->log.state.phase;
    return phase == UPDRAFT_PHASE_SWAPPING || phase == UPDRAFT_PHASE_TRIAL || phase == UPDRAFT_PHASE_REVERTING;
}

// In the middle of a walk neither slot holds an image, and a step may be half written: only one who gave up all of it
// comes here then.
static void give_up_walk(struct boot *boot) {
    if (boot_staging_is_needed(boot))
        boot->log.state.has_running = boot->log.state.slot_whole = 0;
}

static enum updraft_status record(struct boot *boot, enum updraft_phase_recorded phase) {
    struct updraft_state_record *state = &boot->log.state;
    state->phase = (uint8_t)phase;
    updraft_state_forget_before(state);
    memset(&state->download, 0, sizeof state->download);
    return updraft_boot_state_append(&boot->log);
}

enum updraft_status boot_claim_staging(struct boot *boot) {
    give_up_walk(boot);
    return record(boot, boot->log.state.has_running ? UPDRAFT_PHASE_CONFIRMED : UPDRAFT_PHASE_NEW);
}

enum updraft_status boot_want_waiting(struct boot *boot, enum updraft_source source, uint8_t digest[32]) {
    struct updraft_state_record *state = &boot->log.state;
    enum updraft_status status = boot_verify_waiting(boot, source, digest);
    if (status != UPDRAFT_OK)
        return status;
    give_up_walk(boot);
    state->source = (uint8_t)source;
    memcpy(state->pending, digest, UPDRAFT_DIGEST_SIZE);
    return record(boot, UPDRAFT_PHASE_PENDING);
}
