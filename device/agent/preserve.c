#include "updraft_preserve.h"

#include "updraft_image.h"

#include <string.h>

static enum updraft_status read_slot(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct updraft_layout *layout = context;
    return updraft_area_read(&layout->running, offset, data, length);
}

static enum updraft_status read_staging(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct updraft_staging *staging = context;
    return staging->read(staging->context, offset, data, length) ? UPDRAFT_OK : UPDRAFT_ERROR_READ;
}

static struct updraft_reader source(const struct updraft_preserve *fallback, const struct updraft_fetch_means *means) {
    const struct updraft_layout *layout = means->journal->log.layout;
    return fallback->from_slot
               ? (struct updraft_reader){(void *)(uintptr_t)layout, read_slot, layout->running.size}
               : (struct updraft_reader){(void *)(uintptr_t)means->staging, read_staging, means->staging->size};
}

// Chooses what to copy: the file that the running image came from, or else the slot, if that was never encrypted.
static bool choose(struct updraft_preserve *fallback, const struct updraft_fetch_means *means) {
    struct updraft_image image;
    uint8_t digest[32];
    for (int slot = 0; slot < 2; slot++) {
        fallback->from_slot = slot == 1;
        struct updraft_reader reader = source(fallback, means);
        if (updraft_image_open(&image, &reader) != UPDRAFT_OK) {
            continue;
        }
        const struct updraft_tlv *names = image.compression.offset != 0 ? &image.unpacked_digest : &image.digest;
        bool is_running = updraft_image_tlv(&reader, names, digest, sizeof digest) == UPDRAFT_OK &&
                          memcmp(digest, means->journal->running, sizeof digest) == 0;
        bool is_secret = (image.flags & (UPDRAFT_FLAG_ENCRYPTED_AES128 | UPDRAFT_FLAG_ENCRYPTED_AES256)) != 0;
        fallback->size = image.total_size;
        if (is_running && fallback->size <= means->staging->fallback->size && !(fallback->from_slot && is_secret)) {
            return true;
        }
    }
    return false;
}

enum updraft_preserve_result updraft_preserve_begin(struct updraft_preserve *fallback,
                                                    const struct updraft_fetch_means *means,
                                                    const struct updraft_offer *offer) {
    struct updraft_boot_state *log = &means->journal->log;
    const struct updraft_staging *staging = means->staging;
    fallback->at = 0;
    if (staging->fallback == NULL) {
        return UPDRAFT_PRESERVE_NONE;
    }
    if (log->state.has_fallback == UPDRAFT_FALLBACK_COPY && log->state.fallback == staging->source) {
        return UPDRAFT_PRESERVE_KEPT;
    }
    // Once the download has begun, the file that the running image came from is gone.
    struct updraft_file file = updraft_offered_file(offer);
    if (updraft_journal_staged(means->journal, &file) > 0 || !choose(fallback, means)) {
        return UPDRAFT_PRESERVE_NONE;
    }
    return updraft_boot_state_claim_staging(log) == UPDRAFT_OK ? UPDRAFT_PRESERVE_MORE : UPDRAFT_PRESERVE_NONE;
}

enum updraft_preserve_result updraft_preserve_step(struct updraft_preserve *fallback,
                                                   const struct updraft_fetch_means *means) {
    struct updraft_reader reader = source(fallback, means);
    uint32_t left = fallback->size - fallback->at;
    uint32_t part = left < means->buffer_size ? left : (uint32_t)means->buffer_size;
    if (reader.read(reader.context, fallback->at, means->buffer, part) != UPDRAFT_OK ||
        !updraft_staging_store(means->staging->fallback, fallback->at, means->buffer, part)) {
        return UPDRAFT_PRESERVE_NONE;
    }
    fallback->at += part;
    if (fallback->at < fallback->size) {
        return UPDRAFT_PRESERVE_MORE;
    }
    return updraft_boot_state_keep_fallback(&means->journal->log, means->staging->source) == UPDRAFT_OK
               ? UPDRAFT_PRESERVE_KEPT
               : UPDRAFT_PRESERVE_NONE;
}
