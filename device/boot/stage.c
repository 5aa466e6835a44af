#include "stage.h"

#include <string.h>

enum updraft_status boot_stage(struct boot *boot, uint32_t offset, uint32_t length) {
    const struct updraft_area *staging = &boot->layout->staging;
    uint32_t unit = staging->flash->program_unit, whole = (length + unit - 1) / unit * unit;
    uint32_t at = updraft_layout_staged_offset(boot->layout) + offset;
    enum updraft_status status = UPDRAFT_OK;
    memset(boot->buffer + length, 0xff, whole - length);
    boot->platform->feed();
    boot->failed_address = staging->address + at;
    for (uint32_t from = at; from < at + whole && status == UPDRAFT_OK; from += unit) {
        uint32_t block = updraft_flash_unit(staging->flash, staging->address + from);
        if (block != 0)
            status = updraft_area_erase(staging, from, block);
    }
    if (status == UPDRAFT_OK)
        status = updraft_area_program(staging, at, boot->buffer, whole);
    if (status == UPDRAFT_OK)
        boot->failed_address = 0;
    return status;
}

bool boot_staging_is_needed(const struct boot *boot) {
    uint8_t phase = boot->log.state.phase;
    return phase == UPDRAFT_PHASE_WALKING || phase == UPDRAFT_PHASE_TRIAL || phase == UPDRAFT_PHASE_REVERTING;
}

// In the middle of a walk neither slot holds an image, and a step may be half written: only one who gave up all of it
// comes here then.
static void give_up_walk(struct boot *boot) {
    if (boot_staging_is_needed(boot))
        boot->log.state.has_running = boot->log.state.slot_whole = 0;
}

enum updraft_status boot_claim_staging(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    give_up_walk(boot);
    state->phase = state->has_running ? UPDRAFT_PHASE_CONFIRMED : UPDRAFT_PHASE_NEW;
    updraft_state_forget_before(state);
    memset(&state->download, 0, sizeof state->download);
    return updraft_log_append(&boot->log);
}

enum updraft_status boot_want(struct boot *boot, enum updraft_source source, const uint8_t digest[32]) {
    struct updraft_state_record *state = &boot->log.state;
    give_up_walk(boot);
    state->phase = UPDRAFT_PHASE_WANTED;
    state->source = (uint8_t)source;
    updraft_state_forget_before(state);
    memset(&state->download, 0, sizeof state->download);
    memcpy(state->wanted, digest, UPDRAFT_DIGEST_SIZE);
    return updraft_log_append(&boot->log);
}
