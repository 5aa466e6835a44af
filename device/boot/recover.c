#include "recover.h"

#include <string.h>

#include "recovery/smp.h"
#include "stage.h"
#include "verify.h"
#include "walk.h"

enum { VERSION_OFFSET = 20, VERSION_SIZE = 8 }; // in an image's header: docs/reference/image.md

struct recovery {
    struct boot *boot;
    uint8_t version[VERSION_SIZE], digest[32]; // of the image that is being listed
};

static enum smp_rc result(enum updraft_status status) {
    return status == UPDRAFT_OK ? SMP_OK : status == UPDRAFT_ERROR_TOO_LARGE ? SMP_NO_ROOM : SMP_CORRUPT;
}

static void put(void *context, uint8_t byte) {
    struct recovery *recovery = context;
    recovery->boot->platform->console_put(byte);
}

static enum smp_rc upload_begin(void *context, uint32_t size) {
    struct boot *boot = ((struct recovery *)context)->boot;
    return size > boot->layout->running.size ? SMP_NO_ROOM : result(boot_claim_staging(boot));
}

static enum smp_rc upload_write(void *context, uint32_t offset, const uint8_t *data, uint32_t length) {
    (void)data; // it stands at the start of the buffer, where boot_stage wants it
    return result(boot_stage(((struct recovery *)context)->boot, offset, length));
}

static enum smp_rc upload_end(void *context) {
    struct boot *boot = ((struct recovery *)context)->boot;
    struct updraft_image image;
    uint8_t digest[32];
    enum updraft_status status = boot_verify_file(boot, UPDRAFT_SOURCE_STAGING, BOOT_UPDATE, &image, digest);
    return result(status == UPDRAFT_OK ? boot_want(boot, UPDRAFT_SOURCE_STAGING, digest) : status);
}

// Slot 0 is the one that runs, slot 1 is staging.
static bool list(void *context, uint8_t slot, struct smp_image *listed) {
    struct recovery *recovery = context;
    struct boot_view view;
    struct updraft_reader reader = boot_view_slot(&view, recovery->boot);
    struct updraft_image image;
    if (slot != 0 &&
        boot_view_open(&view, recovery->boot, UPDRAFT_SOURCE_STAGING, BOOT_UPDATE, 0, &reader) != UPDRAFT_OK)
        return false;
    *listed = (struct smp_image){recovery->version, recovery->digest};
    return updraft_image_open(&image, &reader) == UPDRAFT_OK &&
           reader.read(&view, VERSION_OFFSET, recovery->version, VERSION_SIZE) == UPDRAFT_OK &&
           updraft_image_tlv(&reader, &image.digest, recovery->digest, sizeof recovery->digest) == UPDRAFT_OK;
}

static void reset(void *context) {
    struct recovery *recovery = context;
    recovery->boot->platform->reset();
}

static BOOT_OWN_FRAME bool want_from_card(struct boot *boot) {
    struct updraft_image image;
    uint8_t digest[32];
    return boot_verify_file(boot, UPDRAFT_SOURCE_CARD, BOOT_UPDATE, &image, digest) == UPDRAFT_OK &&
           boot_want(boot, UPDRAFT_SOURCE_CARD, digest) == UPDRAFT_OK;
}

_Noreturn static BOOT_OWN_FRAME void serve(struct boot *boot) {
    struct recovery recovery = {.boot = boot};
    const struct smp_config config = {
        .context = &recovery,
        .buffer = boot->buffer,
        .buffer_size = sizeof boot->buffer,
        .write_unit = boot->layout->staging.flash->program_unit,
        .slots = 2,
        .put = put,
        .upload_begin = upload_begin,
        .upload_write = upload_write,
        .upload_end = upload_end,
        .image = list,
        .reset = reset,
    };
    struct smp_server server;
    smp_start(&server, &config);
    for (;;) {
        int byte = boot->platform->console_get();
        if (byte >= 0)
            (void)smp_take(&server, (uint8_t)byte);
        boot->platform->feed();
    }
}

void boot_recover(struct boot *boot) {
    // Once: what failed to install from there would fail again.
    bool first = !boot->card_tried;
    boot->card_tried = true;
    if (!first || !want_from_card(boot))
        serve(boot);
}
