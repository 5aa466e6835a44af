#include "recover.h"

#include <stddef.h>
#include <string.h>

#include "smp/updraft_smp.h"
#include "swap.h"
#include "upload.h"

static enum updraft_smp_rc result(enum updraft_status status) {
    return status == UPDRAFT_OK                ? UPDRAFT_SMP_OK
           : status == UPDRAFT_ERROR_TOO_LARGE ? UPDRAFT_SMP_NO_ROOM
                                               : UPDRAFT_SMP_CORRUPT;
}

enum { TICKS_QUIET = 3 * 60 * 10 }; // tenths of a second

static void put(void *context, uint8_t byte) {
    struct boot *boot = context;
    boot->platform->console_put(byte);
}

static enum updraft_smp_rc upload_begin(void *context, uint32_t size, const uint8_t *data, uint32_t length,
                                        uint32_t *offset) {
    struct boot *boot = context;
    (void)data, (void)length, (void)offset; // looked at when it is whole; after a power cut it starts again
    return size > boot->layout->running.size ? UPDRAFT_SMP_NO_ROOM : result(boot_claim_staging(boot));
}

static enum updraft_smp_rc upload_write(void *context, uint32_t offset, uint32_t length) {
    return result(boot_upload(context, offset, length));
}

static enum updraft_smp_rc upload_end(void *context) {
    uint8_t digest[UPDRAFT_DIGEST_SIZE];
    return result(boot_request_waiting(context, UPDRAFT_SOURCE_STAGING, digest));
}

_Static_assert(sizeof(struct updraft_version) == sizeof((struct updraft_smp_image){0}.version) &&
                   offsetof(struct updraft_version, build) == 4,
               "a version is as the image's header has it");

// Slot 0 is the one that runs, slot 1 is staging.
static bool list(void *context, uint8_t slot, struct updraft_smp_image *listed) {
    struct boot_view view;
    struct updraft_reader reader = boot_view_slot(&view, context);
    struct updraft_image image;
    if (slot != 0 && boot_view_open(&view, context, UPDRAFT_SOURCE_STAGING, BOOT_UPDATE, 0, &reader) != UPDRAFT_OK)
        return false;
    if (updraft_image_open(&image, &reader) != UPDRAFT_OK)
        return false;
    memcpy(listed->version, &image.version, sizeof listed->version);
    return updraft_image_tlv(&reader, &image.digest, listed->digest, sizeof listed->digest) == UPDRAFT_OK;
}

static void reset(void *context) {
    struct boot *boot = context;
    boot->platform->reset();
}

static const struct updraft_smp_config config = {.buffer_size = BOOT_COPY_BUFFER,
                                                 .unit = BOOT_UPLOAD_UNIT,
                                                 .buffers = 1,
                                                 .slots = 2,
                                                 .put = put,
                                                 .upload_begin = upload_begin,
                                                 .upload_write = upload_write,
                                                 .upload_end = upload_end,
                                                 .image = list,
                                                 .reset = reset};

// Until nobody has asked for anything for a while.
static BOOT_OWN_FRAME void serve(struct boot *boot) {
    struct updraft_smp_server server = {.context = boot, .buffer = boot->buffer};
    const struct boot_platform *platform = boot->platform;
    for (uint32_t quiet = 0; quiet < TICKS_QUIET;) {
        int byte = platform->console_get();
        if (byte >= 0 && updraft_smp_take_console(&server, &config, (uint8_t)byte))
            quiet = 0;
        if (platform->ticked != NULL && platform->ticked())
            quiet++;
        platform->feed();
    }
}

static bool is_there(const struct boot *boot, enum updraft_source source) {
    return (UPDRAFT_CARD && source == UPDRAFT_SOURCE_CARD && boot->platform->card != NULL) ||
           (UPDRAFT_NOR && source == UPDRAFT_SOURCE_NOR && boot->platform->nor != NULL);
}

static BOOT_OWN_FRAME bool request_from(struct boot *boot, enum updraft_source source) {
    uint8_t digest[UPDRAFT_DIGEST_SIZE];
    return is_there(boot, source) && boot_request_waiting(boot, source, digest) == UPDRAFT_OK;
}

void boot_recover(struct boot *boot) {
    // While the image to go back to may answer again, nothing takes its place before somebody had time to bring it
    // back. And what was taken from outside and led here again waits for its turn.
    bool first = !boot->taken && (!boot_staging_is_needed(boot) || boot->findings.waited);
    boot->taken = first && (request_from(boot, UPDRAFT_SOURCE_CARD) || request_from(boot, UPDRAFT_SOURCE_NOR));
    if (!boot->taken)
        serve(boot);
}
