#include "walk.h"

#include <stddef.h>
#include <string.h>

static enum updraft_status view_read(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct boot_view *view = context;
    const struct updraft_layout *layout = view->boot->layout;
    uint8_t *to = data;
    while (length > 0) {
        uint32_t index = offset / layout->step;
        uint32_t part = layout->step - offset % layout->step;
        if (part > length)
            part = length;
        bool in_running = (index < view->moved) == view->is_new;
        uint32_t shift = view->is_new ? updraft_layout_staged_offset(layout) : 0;
        enum updraft_status status = in_running ? updraft_area_read(&layout->running, offset, to, part)
                                                : updraft_area_read(&layout->staging, offset + shift, to, part);
        if (status != UPDRAFT_OK)
            return status;
        if (view->cipher != NULL && !in_running)
            boot_cipher_apply(view->cipher, offset, to, part);
        offset += part;
        to += part;
        length -= part;
    }
    return UPDRAFT_OK;
}

struct updraft_reader boot_view_reader(struct boot_view *view, const struct boot *boot, bool is_new, uint16_t moved) {
    *view = (struct boot_view){.boot = boot, .moved = moved, .is_new = is_new};
    return (struct updraft_reader){.context = view, .read = view_read, .size = boot->layout->running.size};
}

enum updraft_status boot_open_new(struct boot *boot, struct boot_view *view, uint16_t moved,
                                  struct updraft_reader *reader) {
    struct updraft_image image;
    *reader = boot_view_reader(view, boot, true, moved);
    enum updraft_status status = updraft_image_open(&image, reader);
    if (status == UPDRAFT_OK)
        status = boot_cipher_open(&boot->cipher, boot->platform->decryption_key, reader, &image);
    view->cipher = &boot->cipher;
    return status;
}

uint16_t boot_steps(const struct boot *boot, uint32_t size) {
    return (uint16_t)((size + boot->layout->step - 1) / boot->layout->step);
}

// One step onto a target that is no longer needed. What is behind the image's end stays erased.
static enum updraft_status copy_step(struct boot *boot, const struct updraft_reader *from, uint16_t step, uint32_t size,
                                     const struct updraft_area *target) {
    uint32_t begin = step * boot->layout->step;
    uint32_t end = size - begin < boot->layout->step ? size : begin + boot->layout->step;
    boot->failed_address = target->address + begin;
    enum updraft_status status = updraft_area_erase(target, begin, boot->layout->step);
    for (uint32_t offset = begin; offset < end && status == UPDRAFT_OK;) {
        uint32_t part = end - offset < sizeof boot->buffer ? end - offset : sizeof boot->buffer;
        memset(boot->buffer, 0xff, sizeof boot->buffer);
        status = from->read(from->context, offset, boot->buffer, part);
        uint32_t unit = target->flash->program_unit;
        if (status == UPDRAFT_OK)
            status = updraft_area_program(target, offset, boot->buffer, (part + unit - 1) / unit * unit);
        boot->platform->feed();
        offset += part;
    }
    if (status == UPDRAFT_OK)
        boot->failed_address = 0;
    return status;
}

// A flash that refuses once may have been left so by a power cut: an erase more puts it right, or it is broken.
static enum updraft_status copy_step_twice(struct boot *boot, const struct updraft_reader *from, uint16_t step,
                                           uint32_t size, const struct updraft_area *target) {
    enum updraft_status status = copy_step(boot, from, step, size, target);
    if (status == UPDRAFT_ERROR_PROGRAM || status == UPDRAFT_ERROR_ERASE)
        status = copy_step(boot, from, step, size, target);
    return status;
}

static enum updraft_status record_step(struct boot *boot) {
    boot->log.state.steps_done++;
    return updraft_log_append(&boot->log);
}

static enum updraft_status image_size(const struct updraft_reader *reader, uint32_t *size) {
    struct updraft_image image;
    enum updraft_status status = updraft_image_open(&image, reader);
    *size = image.total_size;
    return status;
}

enum updraft_status boot_walk(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    uint16_t pairs = state->steps_new > state->steps_old ? state->steps_new : state->steps_old;
    struct boot_view old_view, new_view;
    struct updraft_reader old_reader = boot_view_reader(&old_view, boot, false, (state->steps_done + 1) / 2);
    struct updraft_reader new_reader;
    uint32_t old_size = 0, new_size = 0;
    enum updraft_status status = boot_open_new(boot, &new_view, state->steps_done / 2, &new_reader);
    if (status == UPDRAFT_OK)
        status = updraft_log_settle(&boot->log);
    if (status == UPDRAFT_OK)
        status = image_size(&new_reader, &new_size);
    if (status == UPDRAFT_OK && state->steps_old > 0)
        status = image_size(&old_reader, &old_size);
    while (status == UPDRAFT_OK && state->steps_done < 2 * pairs) {
        uint16_t step = state->steps_done / 2;
        bool is_backup = state->steps_done % 2 == 0;
        old_view.moved = (state->steps_done + 1) / 2;
        new_view.moved = step;
        if (is_backup && step < state->steps_old)
            status = copy_step_twice(boot, &old_reader, step, old_size, &boot->layout->staging);
        else if (!is_backup && step < state->steps_new)
            status = copy_step_twice(boot, &new_reader, step, new_size, &boot->layout->running);
        if (status == UPDRAFT_OK)
            status = record_step(boot);
    }
    return status;
}

enum updraft_status boot_go_back(struct boot *boot) {
    struct updraft_state_record *state = &boot->log.state;
    struct boot_view view;
    struct updraft_reader reader = boot_view_reader(&view, boot, false, state->steps_old);
    uint32_t size = 0;
    enum updraft_status status = updraft_log_settle(&boot->log);
    if (status == UPDRAFT_OK)
        status = image_size(&reader, &size);
    while (status == UPDRAFT_OK && state->steps_done < state->steps_old) {
        status = copy_step_twice(boot, &reader, state->steps_done, size, &boot->layout->running);
        // A sector that refuses may be the one that ended the walk and still hold what it must: the digest will tell.
        if (status == UPDRAFT_OK || status == UPDRAFT_ERROR_ERASE)
            status = record_step(boot);
    }
    return status;
}
