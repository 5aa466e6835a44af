#include "view.h"

bool boot_is_skipped(const struct boot *boot, uint32_t step) {
    return step < UPDRAFT_UNITS_MOST && (boot->log.state.skipped >> step & 1) != 0;
}

static enum updraft_status read_stored(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct boot_view *view = context;
    const struct updraft_layout *layout = view->boot->layout;
    uint8_t *to = data;
    while (length > 0) {
        uint32_t index = offset / layout->swap_unit;
        uint32_t part = layout->swap_unit - offset % layout->swap_unit;
        if (part > length)
            part = length;
        bool in_slot = view->is_new ? index < view->moved : index >= view->moved || boot_is_skipped(view->boot, index);
        enum updraft_status status = in_slot ? updraft_area_read(&layout->running, offset, to, part)
                                             : view->source.read(view->source.context, offset, to, part);
        if (status != UPDRAFT_OK)
            return status;
        if (view->opened && !in_slot)
            boot_cipher_apply(&view->boot->cipher, offset, to, part);
        offset += part;
        to += part;
        length -= part;
    }
    return UPDRAFT_OK;
}

static enum updraft_status read_unpacked(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct boot_view *view = context;
    return boot_unpack_read(&view->boot->unpack, offset, data, length);
}

struct updraft_reader boot_view_stored(struct boot_view *view) {
    uint32_t size = view->boot->layout->running.size;
    bool is_file = view->is_new && view->moved == 0 && view->source.size < size;
    return (struct updraft_reader){view, read_stored, is_file ? view->source.size : size};
}

struct updraft_reader boot_view_slot(struct boot_view *view, struct boot *boot) {
    *view = (struct boot_view){.boot = boot, .moved = UINT16_MAX, .is_new = true};
    return boot_view_stored(view);
}

struct updraft_reader boot_view_kept(struct boot_view *view, struct boot *boot, uint16_t moved) {
    *view = (struct boot_view){.boot = boot, .moved = moved};
    (void)boot_source_open(boot, UPDRAFT_SOURCE_STAGING, BOOT_FALLBACK, &view->source);
    return boot_view_stored(view);
}

// What has to be known of an image before it can be read as it runs.
static enum updraft_status open_stored(struct boot_view *view, struct updraft_reader *reader) {
    struct boot *boot = view->boot;
    struct updraft_image image;
    enum updraft_status status = updraft_image_open(&image, reader);
    if (status == UPDRAFT_OK)
        status = boot_cipher_open(&boot->cipher, boot->platform->decryption_key, reader, &image);
    if (status != UPDRAFT_OK)
        return status;
    view->opened = true;
    view->packed = image.compression.offset != 0;
    if (boot_view_is_packed(view)) {
        status = boot_unpack_open(&boot->unpack, reader, &image, boot->platform->feed);
        *reader = (struct updraft_reader){view, read_unpacked, boot->layout->running.size};
    }
    return status;
}

enum updraft_status boot_view_open(struct boot_view *view, struct boot *boot, enum updraft_source kind,
                                   enum boot_file file, uint16_t moved, struct updraft_reader *reader) {
    uint32_t flags, encrypted = UPDRAFT_FLAG_ENCRYPTED_AES128 | UPDRAFT_FLAG_ENCRYPTED_AES256;
    *view = (struct boot_view){.boot = boot, .moved = moved, .is_new = true};
    enum updraft_status status = boot_source_open(boot, kind, file, &view->source);
    if (status != UPDRAFT_OK)
        return status;
    *reader = boot_view_stored(view);
    status = updraft_image_size(reader, &flags, &view->stored_size);
    if (status != UPDRAFT_OK || (flags & (encrypted | UPDRAFT_FLAG_NON_BOOTABLE)) == 0)
        return status;
    if (!UPDRAFT_ENCRYPTION && !UPDRAFT_COMPRESSION)
        return (flags & encrypted) != 0 ? UPDRAFT_ERROR_KEY : UPDRAFT_OK;
    return open_stored(view, reader);
}

enum updraft_status boot_view_fallback(struct boot_view *view, struct boot *boot, struct updraft_reader *reader) {
    const struct updraft_state_record *state = &boot->log.state;
    if (BOOT_HAS_MEDIA && state->fallback != UPDRAFT_SOURCE_STAGING)
        return boot_view_open(view, boot, (enum updraft_source)state->fallback, BOOT_FALLBACK, 0, reader);
    *reader = boot_view_kept(view, boot, state->units_old);
    return UPDRAFT_OK;
}
