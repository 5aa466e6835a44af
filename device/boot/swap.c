#include "swap.h"

#include <string.h>

uint16_t boot_steps(const struct boot *boot, uint32_t size) {
    return (uint16_t)((size + boot->layout->swap_unit - 1) / boot->layout->swap_unit);
}

// One image on its way: `from` to whole steps of `target`.
struct copy {
    struct updraft_reader from;
    uint32_t from_address; // where it comes from, 0: outside the chip
    struct updraft_area target;
    uint32_t size; // bytes of the image
};

// One step onto a target that is no longer needed. What is behind the image's end stays erased.
static enum updraft_status copy_step(struct boot *boot, const struct copy *copy, uint16_t step) {
    const struct updraft_area *target = &copy->target;
    uint32_t begin = step * boot->layout->swap_unit;
    uint32_t end = copy->size - begin < boot->layout->swap_unit ? copy->size : begin + boot->layout->swap_unit;
    boot->failed_address = target->address + begin;
    enum updraft_status status = updraft_area_erase(target, begin, boot->layout->swap_unit);
    for (uint32_t offset = begin; offset < end && status == UPDRAFT_OK;) {
        uint32_t part = end - offset < BOOT_PIECE ? end - offset : BOOT_PIECE;
        memset(boot->buffer, 0xff, BOOT_PIECE);
        uint32_t unit = target->flash->program_unit;
        status = copy->from.read(copy->from.context, offset, boot->buffer, part);
        if (status != UPDRAFT_OK)
            boot->failed_address = copy->from_address != 0 ? copy->from_address + begin : 0;
        else
            status = updraft_area_program(target, offset, boot->buffer, (part + unit - 1) / unit * unit);
        boot->platform->feed();
        offset += part;
    }
    if (status == UPDRAFT_OK)
        boot->failed_address = 0;
    return status;
}

// A flash that refuses once may have been left so by a power cut: an erase more puts it right, or it is broken.
static enum updraft_status copy_step_twice(struct boot *boot, const struct copy *copy, uint16_t step) {
    enum updraft_status status = copy_step(boot, copy, step);
    if (status == UPDRAFT_ERROR_PROGRAM || status == UPDRAFT_ERROR_ERASE)
        status = copy_step(boot, copy, step);
    return status;
}

static enum updraft_status record_step(struct boot *boot) {
    boot->log.state.units_done++;
    return updraft_boot_state_append(&boot->log);
}

static enum updraft_status find_size(struct copy *copy) {
    struct updraft_image image;
    enum updraft_status status = updraft_image_open(&image, &copy->from);
    copy->size = image.total_size;
    return status;
}

static bool is_kept_in_staging(const struct updraft_state_record *state) {
    return state->units_old > 0 && state->fallback == UPDRAFT_SOURCE_STAGING;
}

// The next half of a pair: the old step is kept, or the new one copied. UPDRAFT_OK and no record where neither is to be
// done.
static enum updraft_status walk_on(struct boot *boot, const struct copy *keep, const struct copy *install) {
    struct updraft_state_record *state = &boot->log.state;
    uint16_t step = state->units_done / 2;
    bool keeps = state->units_done % 2 == 0;
    if (boot_is_skipped(boot, step) ||
        (keeps ? step >= state->units_old || !is_kept_in_staging(state) : step >= state->units_new)) {
        state->units_done++;
        return UPDRAFT_OK;
    }
    enum updraft_status status = copy_step_twice(boot, keeps ? keep : install, step);
    return status == UPDRAFT_OK ? record_step(boot) : status;
}

static uint32_t address_of_update(const struct boot *boot) {
    const struct updraft_layout *layout = boot->layout;
    return boot->log.state.source == UPDRAFT_SOURCE_STAGING
               ? layout->staging.address + updraft_layout_staged_offset(layout)
               : 0;
}

enum updraft_status boot_walk(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    const struct updraft_layout *layout = boot->layout;
    uint16_t pairs = state->units_new > state->units_old ? state->units_new : state->units_old;
    uint32_t kept_at = boot_kept_offset(boot);
    struct boot_view old_view, new_view;
    struct copy install = {.target = layout->running, .from_address = address_of_update(boot)};
    struct copy keep = {
        .from_address = layout->running.address,
        .target = {layout->staging.flash, layout->staging.address + kept_at, layout->staging.size - kept_at}};
    keep.from = boot_view_kept(&old_view, boot, (state->units_done + 1) / 2);
    enum updraft_status status = boot_view_open(&new_view, boot, (enum updraft_source)state->source, BOOT_UPDATE,
                                                state->keep_source ? 0 : state->units_done / 2, &install.from);
    if (status == UPDRAFT_OK)
        status = updraft_boot_state_make_durable(&boot->log);
    if (status == UPDRAFT_OK)
        status = find_size(&install);
    if (status == UPDRAFT_OK && is_kept_in_staging(state))
        status = find_size(&keep);
    while (status == UPDRAFT_OK && state->units_done < 2 * pairs) {
        old_view.moved = (state->units_done + 1) / 2;
        new_view.moved = state->keep_source ? 0 : state->units_done / 2;
        status = walk_on(boot, &keep, &install);
    }
    return status;
}

enum updraft_status boot_go_back(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    struct boot_view view;
    struct copy back = {.target = boot->layout->running};
    if (state->fallback == UPDRAFT_SOURCE_STAGING)
        back.from_address = boot->layout->staging.address + boot_kept_offset(boot);
    enum updraft_status status = updraft_boot_state_make_durable(&boot->log);
    if (status == UPDRAFT_OK)
        status = boot_view_fallback(&view, boot, &back.from);
    if (status == UPDRAFT_OK)
        status = find_size(&back);
    while (status == UPDRAFT_OK && state->units_done < state->units_old) {
        if (boot_is_skipped(boot, state->units_done)) {
            state->units_done++;
            continue;
        }
        status = copy_step_twice(boot, &back, state->units_done);
        // A sector that refuses may be the one that ended the walk and still hold what it must: the digest will tell.
        // What it will answer tomorrow is not proven.
        if (status == UPDRAFT_ERROR_ERASE)
            state->slot_whole = 0;
        if (status == UPDRAFT_OK || status == UPDRAFT_ERROR_ERASE)
            status = record_step(boot);
    }
    return status;
}
