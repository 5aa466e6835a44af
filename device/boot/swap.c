#include "swap.h"

#include <string.h>

uint16_t boot_units(const struct boot *boot, uint32_t size) {
    return (uint16_t)((size + boot->layout->swap_unit - 1) / boot->layout->swap_unit);
}

// One image on its way: `from` to whole swap units of `target`.
struct copy {
    struct updraft_reader from;
    uint32_t from_address; // where it comes from, 0: outside the chip
    struct updraft_area target;
    uint32_t size; // bytes of the image
    bool is_kept;  // the old image on its way out of the slot
};

enum { PIECE = BOOT_PIECE / 2 }; // of two things that are held against each other in one half of the buffer

// One unit onto a target that is no longer needed. What is behind the image's end stays erased.
static enum updraft_status copy_unit(struct boot *boot, const struct copy *copy, uint16_t unit) {
    const struct updraft_area *target = &copy->target;
    uint32_t begin = unit * boot->layout->swap_unit;
    uint32_t end = copy->size - begin < boot->layout->swap_unit ? copy->size : begin + boot->layout->swap_unit;
    boot->failed_address = target->address + begin;
    enum updraft_status status = updraft_area_erase(target, begin, boot->layout->swap_unit);
    for (uint32_t offset = begin; offset < end && status == UPDRAFT_OK;) {
        uint32_t part = end - offset < BOOT_PIECE ? end - offset : BOOT_PIECE;
        memset(boot->buffer, 0xff, BOOT_PIECE);
        uint32_t program = target->flash->program_unit;
        status = copy->from.read(copy->from.context, offset, boot->buffer, part);
        if (status != UPDRAFT_OK)
            boot->failed_address = copy->from_address != 0 ? copy->from_address + begin : 0;
        else
            status = updraft_area_program(target, offset, boot->buffer, (part + program - 1) / program * program);
        boot->platform->feed();
        offset += part;
    }
    if (status == UPDRAFT_OK)
        boot->failed_address = 0;
    return status;
}

// Does the copy say what its source says when it is read once more? The read that was copied may have been wrong.
static enum updraft_status compare_unit(struct boot *boot, const struct copy *copy, uint16_t unit) {
    uint32_t end = (unit + 1U) * boot->layout->swap_unit;
    uint8_t *there = boot->buffer, *here = boot->buffer + PIECE;
    end = end < copy->size ? end : copy->size;
    for (uint32_t offset = unit * boot->layout->swap_unit; offset < end; offset += PIECE) {
        uint32_t part = end - offset < PIECE ? end - offset : PIECE;
        if (copy->from.read(copy->from.context, offset, there, part) != UPDRAFT_OK ||
            updraft_area_read(&copy->target, offset, here, part) != UPDRAFT_OK || memcmp(there, here, part) != 0)
            return UPDRAFT_ERROR_READ;
    }
    return UPDRAFT_OK;
}

// What refuses once may have been left so by a power cut, and what cannot be read once may be read the second time: a
// second error is one that stays.
static enum updraft_status copy_unit_twice(struct boot *boot, const struct copy *copy, uint16_t unit) {
    enum updraft_status status = UPDRAFT_ERROR_READ;
    for (int attempt = 0; attempt < 2 && status != UPDRAFT_OK; attempt++) {
        status = copy_unit(boot, copy, unit);
        // What is kept is the only one of its kind; anything else is verified as a whole before it starts.
        if (status == UPDRAFT_OK && copy->is_kept)
            status = compare_unit(boot, copy, unit);
    }
    return status;
}

// The fallback is kept in staging, unit by unit; else it is whole outside the chip, or there is none.
static bool is_kept_in_staging(const struct updraft_state_record *state) {
    return state->units_old > 0 && state->fallback == UPDRAFT_SOURCE_STAGING;
}

uint16_t boot_units_touched(const struct updraft_state_record *state) {
    // What is kept outside the chip is not recorded unit by unit, nor are units that are skipped.
    if (!is_kept_in_staging(state))
        return UPDRAFT_UNITS_MOST;
    // units_done counts in halves: a unit of the old image is kept, then one of the new one copied over it. What is
    // recorded was read back; the half behind it may be torn. While an old unit is being kept, the slot is not written.
    return (uint16_t)((state->units_done + 1) / 2);
}

static enum updraft_status find_size(struct copy *copy) {
    uint32_t flags;
    return updraft_image_size(&copy->from, &flags, &copy->size);
}

// The next half of a pair. UPDRAFT_OK and no record where it is not to be done.
static enum updraft_status swap_half(struct boot *boot, const struct copy *keep, const struct copy *install) {
    struct updraft_state_record *state = &boot->log.state;
    uint16_t unit = state->units_done / 2;
    bool keeps = state->units_done % 2 == 0;
    if (boot_is_skipped(boot, unit) ||
        (keeps ? unit >= state->units_old || !is_kept_in_staging(state) : unit >= state->units_new)) {
        state->units_done++;
        return UPDRAFT_OK;
    }
    enum updraft_status status = copy_unit_twice(boot, keeps ? keep : install, unit);
    if (status != UPDRAFT_OK)
        return status;
    state->units_done++;
    return updraft_boot_state_append(&boot->log);
}

static uint32_t address_of_update(const struct boot *boot) {
    const struct updraft_layout *layout = boot->layout;
    return boot->log.state.source == UPDRAFT_SOURCE_STAGING
               ? layout->staging.address + updraft_layout_staged_offset(layout)
               : 0;
}

enum updraft_status boot_swap(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    const struct updraft_layout *layout = boot->layout;
    uint16_t pairs = state->units_new > state->units_old ? state->units_new : state->units_old;
    uint32_t kept_at = boot_kept_offset(boot);
    struct boot_view old_view, new_view;
    struct copy install = {.target = layout->running, .from_address = address_of_update(boot)};
    struct copy keep = {
        .is_kept = true,
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
        status = swap_half(boot, &keep, &install);
    }
    return status;
}

enum updraft_status boot_copy_back(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    struct boot_view view;
    struct copy back = {.target = boot->layout->running};
    if (state->fallback == UPDRAFT_SOURCE_STAGING)
        back.from_address = boot->layout->staging.address + boot_kept_offset(boot);
    enum updraft_status status = boot_view_fallback(&view, boot, &back.from);
    if (status == UPDRAFT_OK)
        status = find_size(&back);
    for (; status == UPDRAFT_OK && state->units_done < state->units_old; state->units_done++) {
        if (boot_is_skipped(boot, state->units_done))
            continue;
        status = copy_unit_twice(boot, &back, state->units_done);
        // A sector that refuses may be the one that ended the swap and still hold what it must: the digest will tell.
        // What it will answer tomorrow is not proven.
        if (status == UPDRAFT_ERROR_ERASE) {
            boot->proven_back = false;
            status = UPDRAFT_OK;
        }
        state->units_done++;
        if (status == UPDRAFT_OK && updraft_boot_state_append(&boot->log) != UPDRAFT_OK)
            boot->findings.unwritable = true;
        state->units_done--;
    }
    return status;
}
