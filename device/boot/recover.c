#include "recover.h"

#include <stddef.h>
#include <string.h>

#include "recovery/smp.h"
#include "swap.h"
#include "upload.h"
#include "verify.h"

static enum smp_rc result(enum updraft_status status) {
    return status == UPDRAFT_OK ? SMP_OK : status == UPDRAFT_ERROR_TOO_LARGE ? SMP_NO_ROOM : SMP_CORRUPT;
}

static void put(void *context, uint8_t byte) {
    struct boot *boot = context;
    boot->platform->console_put(byte);
}

static enum smp_rc upload_begin(void *context, uint32_t size) {
    struct boot *boot = context;
    return size > boot->layout->running.size ? SMP_NO_ROOM : result(boot_claim_staging(boot));
}

static enum smp_rc upload_write(void *context, uint32_t offset, uint32_t length) {
    return result(boot_stage(context, offset, length));
}

static enum smp_rc upload_end(void *context) {
    uint8_t digest[UPDRAFT_DIGEST_SIZE];
    return result(boot_want_waiting(context, UPDRAFT_SOURCE_STAGING, digest));
}

_Static_assert(sizeof(struct updraft_version) == sizeof((struct smp_image){0}.version) &&
                   offsetof(struct updraft_version, build) == 4,
               "a version is as the image's header has it");

// Slot 0 is the one that runs, slot 1 is staging.
static bool list(void *context, uint8_t slot, struct smp_image *listed) {
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

static const struct smp_config config = {.buffer_size = BOOT_COPY_BUFFER,
                                         .slots = 2,
                                         .put = put,
                                         .upload_begin = upload_begin,
                                         .upload_write = upload_write,
                                         .upload_end = upload_end,
                                         .image = list,
                                         .reset = reset};

_Noreturn static BOOT_OWN_FRAME void serve(struct boot *boot) {
    struct smp_server server = {.context = boot, .buffer = boot->buffer};
    for (;;) {
        int byte = boot->platform->console_get();
        if (byte >= 0)
            (void)smp_take(&server, &config, (uint8_t)byte);
        boot->platform->feed();
    }
}

static BOOT_OWN_FRAME bool want_from_card(struct boot *boot) {
    uint8_t digest[UPDRAFT_DIGEST_SIZE];
    return boot_want_waiting(boot, UPDRAFT_SOURCE_CARD, digest) == UPDRAFT_OK;
}

void boot_recover(struct boot *boot) {
    // Once: what failed to install from there would fail again.
    bool first = !boot->card_tried;
    boot->card_tried = true;
    if (!first || !want_from_card(boot))
        serve(boot);
}
