#include "updraft_smp_application.h"

#include "updraft_boot_info.h"
#include "updraft_bytes.h"
#include "updraft_image.h"
#include "updraft_protocol.h"
#include "updraft_request.h"
#include "updraft_resume.h"
#include "updraft_staged.h"

#include <stddef.h>
#include <string.h>

enum { RUNNING = 0, STAGING = 1, SLOTS = 2 };
enum { ID_MOST = 128 }; // characters
enum { SILENCE_MS = 1000, BOOT_MODE_RECOVERY = 1 };

// Commands beside those of smp.c: group << 16 | operation << 8 | command.
enum {
    OS_BOOTLOADER = 0 << 16 | 0 << 8 | 8,
    IMAGE_SET_STATE = 1 << 16 | 2 << 8 | 0,
    IMAGE_ERASE = 1 << 16 | 2 << 8 | 5,
    IMAGE_SLOTS = 1 << 16 | 0 << 8 | 6,
};

static struct updraft_state_record *state(struct updraft_smp_application *smp) {
    return &smp->journal->log.state;
}

static enum updraft_smp_rc refuse(struct updraft_smp_application *smp, enum updraft_smp_rc rc, const char *reason) {
    smp->reason = reason;
    return rc;
}

static enum updraft_smp_rc ask_gate(struct updraft_smp_application *smp, enum updraft_smp_change change) {
    const char *reason = smp->config->refuse != NULL ? smp->config->refuse(smp->config->context, change) : NULL;
    return reason == NULL ? UPDRAFT_SMP_OK : refuse(smp, UPDRAFT_SMP_DENIED, reason);
}

static void add_number(struct updraft_smp_server *server, const char *name, uint32_t value) {
    updraft_smp_add_text(server, name);
    updraft_smp_add_uint(server, value);
}

// ---- images

static enum updraft_status read_running(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct updraft_smp_application *smp = context;
    return updraft_area_read(&smp->config->layout->running, offset, data, length);
}

static enum updraft_status read_staging(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct updraft_staging *staging = ((const struct updraft_smp_application *)context)->config->staging;
    return staging->read(staging->context, offset, data, length) ? UPDRAFT_OK : UPDRAFT_ERROR_READ;
}

// What is uploaded in part, or was refused, is no image.
static bool is_whole(struct updraft_smp_application *smp) {
    const struct updraft_download *download = &state(smp)->download;
    return state(smp)->phase == UPDRAFT_PHASE_PENDING || (download->size > 0 && download->size == download->received);
}

// Opens what stands in a slot, and finds the digest that it is known by as it runs.
static bool open_slot(struct updraft_smp_application *smp, uint8_t slot, struct updraft_image *image,
                      uint8_t digest[32]) {
    bool running = slot == RUNNING;
    struct updraft_reader reader = {smp, running ? read_running : read_staging,
                                    running ? smp->config->layout->running.size : smp->config->staging->size};
    if ((!running && !is_whole(smp)) || updraft_image_open(image, &reader) != UPDRAFT_OK)
        return false;
    const struct updraft_tlv *named = image->compression.offset != 0 ? &image->unpacked_digest : &image->digest;
    return updraft_image_tlv(&reader, named, digest, 32) == UPDRAFT_OK;
}

_Static_assert(sizeof(void *) > 4 || sizeof(struct updraft_smp_application) <= 600, "RAM beside the buffer");
_Static_assert(ID_MOST + UPDRAFT_PROTOCOL_CHECK_IN_MAX + 32 <= UPDRAFT_SMP_OTHER_MOST &&
                   UPDRAFT_PROTOCOL_REPORT_MAX + 32 <= UPDRAFT_SMP_OTHER_MOST,
               "what a device says of itself fits");
_Static_assert(sizeof(struct updraft_version) == sizeof((struct updraft_smp_image){0}.version) &&
                   offsetof(struct updraft_version, build) == 4,
               "a version is as the image's header has it");

static bool list(void *context, uint8_t slot, struct updraft_smp_image *listed) {
    struct updraft_smp_application *smp = context;
    struct updraft_image image;
    if (!open_slot(smp, slot, &image, listed->digest))
        return false;
    memcpy(listed->version, &image.version, sizeof listed->version);
    return true;
}

static void add_flag(struct updraft_smp_server *server, const char *name, bool value) {
    updraft_smp_add_text(server, name);
    updraft_smp_add_bool(server, value);
}

static void add_flags(void *context, uint8_t slot, const struct updraft_smp_image *image) {
    struct updraft_smp_application *smp = context;
    const struct updraft_state_record *now = state(smp);
    bool runs = slot == RUNNING, pending = now->phase == UPDRAFT_PHASE_PENDING;
    add_flag(&smp->server, "bootable", true);
    add_flag(&smp->server, "pending",
             !runs && pending && memcmp(now->pending, image->digest, sizeof now->pending) == 0);
    add_flag(&smp->server, "confirmed", runs && !updraft_state_is_under_way(now));
    add_flag(&smp->server, "active", runs);
}

static void add_slots(struct updraft_smp_application *smp) {
    struct updraft_smp_server *server = &smp->server;
    updraft_smp_add_map(server, 1);
    updraft_smp_add_text(server, "images");
    updraft_smp_add_array(server, 1);
    updraft_smp_add_map(server, 2);
    add_number(server, "image", 0);
    updraft_smp_add_text(server, "slots");
    updraft_smp_add_array(server, SLOTS);
    updraft_smp_add_map(server, 2);
    add_number(server, "slot", RUNNING);
    add_number(server, "size", smp->config->layout->running.size);
    updraft_smp_add_map(server, 3);
    add_number(server, "slot", STAGING);
    add_number(server, "size", smp->config->staging->size);
    add_number(server, "upload_image_id", 0);
}

// ---- uploads

// Nothing is erased for what cannot be an image of this board, or is not wanted, as far as its header tells.
static enum updraft_smp_rc look_at_header(struct updraft_smp_application *smp, uint32_t size, const uint8_t *header,
                                          uint32_t length) {
    struct updraft_image running;
    uint8_t digest[32];
    if (size > smp->config->staging->size)
        return refuse(smp, UPDRAFT_SMP_NO_ROOM, updraft_reason_name(UPDRAFT_REASON_TOO_LARGE));
    if (length < UPDRAFT_IMAGE_HEADER || updraft_u32(header) != UPDRAFT_IMAGE_MAGIC ||
        updraft_u16(header + 8) < UPDRAFT_IMAGE_HEADER || updraft_u16(header + 8) > size ||
        updraft_u32(header + 12) > size - updraft_u16(header + 8))
        return refuse(smp, UPDRAFT_SMP_INVALID, updraft_reason_name(UPDRAFT_REASON_MALFORMED));
    if (updraft_smp_is_set(&smp->server, "upgrade") && open_slot(smp, RUNNING, &running, digest)) {
        struct updraft_version version;
        memcpy(&version, header + 20, sizeof version);
        if (!updraft_version_below(&running.version, &version))
            return refuse(smp, UPDRAFT_SMP_INVALID, "version");
    }
    return UPDRAFT_SMP_OK;
}

static enum updraft_smp_rc start_over(struct updraft_smp_application *smp) {
    smp->live = false;
    smp->marked = smp->at = 0;
    if (!updraft_journal_may_begin(smp->journal))
        return refuse(smp, UPDRAFT_SMP_BUSY, "wear");
    if (!updraft_journal_begin(smp->journal, &smp->file))
        return refuse(smp, UPDRAFT_SMP_UNKNOWN, updraft_reason_name(UPDRAFT_REASON_FLASH));
    smp->live = true;
    return UPDRAFT_SMP_OK;
}

static enum updraft_smp_rc upload_begin(void *context, uint32_t size, const uint8_t *data, uint32_t length,
                                        uint32_t *offset) {
    struct updraft_smp_application *smp = context;
    struct updraft_file file = {.size = size};
    enum updraft_smp_rc rc = ask_gate(smp, UPDRAFT_SMP_TO_UPLOAD);
    if (rc != UPDRAFT_SMP_OK)
        return rc;
    if (updraft_state_is_under_way(state(smp)))
        return refuse(smp, UPDRAFT_SMP_BAD_STATE, "trial");
    rc = look_at_header(smp, size, data, length);
    if (rc != UPDRAFT_SMP_OK)
        return rc;
    if (!updraft_smp_find_bytes(&smp->server, "sha", &data, &length) ||
        length != sizeof file.sha256) { // nothing tells that what is staged is the same file
        smp->file = file;
        return start_over(smp);
    }
    memcpy(file.sha256, data, sizeof file.sha256);
    if (smp->live && smp->file.size == file.size && memcmp(smp->file.sha256, file.sha256, sizeof file.sha256) == 0 &&
        updraft_journal_staged(smp->journal, &file) == smp->marked) {
        *offset = smp->at; // nothing is lost, and nothing is erased again
        return UPDRAFT_SMP_OK;
    }
    smp->file = file;
    *offset = smp->at = smp->marked = updraft_resume(smp->journal, smp->config->staging, &file);
    if (*offset == 0)
        return start_over(smp);
    // The last record may be one that a cut left unstable; it must stand before staging is changed again.
    smp->live = updraft_boot_state_make_durable(&smp->journal->log) == UPDRAFT_OK;
    return smp->live ? UPDRAFT_SMP_OK : refuse(smp, UPDRAFT_SMP_UNKNOWN, updraft_reason_name(UPDRAFT_REASON_FLASH));
}

static enum updraft_smp_rc upload_write(void *context, uint32_t offset, uint32_t length) {
    struct updraft_smp_application *smp = context;
    const struct updraft_staging *staging = smp->config->staging;
    uint32_t at = offset + length;
    bool stored = ask_gate(smp, UPDRAFT_SMP_TO_UPLOAD) == UPDRAFT_SMP_OK;
    if (!stored)
        return UPDRAFT_SMP_DENIED;
    // Somebody else has begun another file in the meantime.
    if (updraft_journal_staged(smp->journal, &smp->file) != smp->marked)
        return refuse(smp, UPDRAFT_SMP_BUSY, "another update");
    stored = updraft_staging_store(staging, offset, smp->config->buffer, length);
    if (stored && updraft_resume_mark_is_due(staging, at, smp->marked, smp->file.size)) {
        stored = updraft_journal_mark(smp->journal, at);
        smp->marked = at;
    }
    smp->live = stored;
    smp->at = at;
    return stored ? UPDRAFT_SMP_OK : refuse(smp, UPDRAFT_SMP_UNKNOWN, updraft_reason_name(UPDRAFT_REASON_FLASH));
}

// What the bootloader would refuse is refused now, with its reason; the signature is the bootloader's alone.
static enum updraft_reason verdict(struct updraft_smp_application *smp, uint8_t digest[32]) {
    const struct updraft_smp_application_config *config = smp->config;
    struct updraft_image image;
    enum updraft_reason reason = updraft_staged_image(config->staging, config->staging->size, config->layout->board,
                                                      config->buffer, config->buffer_size, config->feed, digest);
    if (reason == UPDRAFT_REASON_NONE && open_slot(smp, STAGING, &image, digest) && image.counter < state(smp)->counter)
        reason = UPDRAFT_REASON_COUNTER;
    return reason;
}

static enum updraft_smp_rc upload_end(void *context) {
    struct updraft_smp_application *smp = context;
    const struct updraft_smp_application_config *config = smp->config;
    static const uint8_t none[32];
    uint8_t digest[32];
    bool named = memcmp(smp->file.sha256, none, sizeof none) != 0;
    enum updraft_reason reason = named && !updraft_staged_reads_as(config->staging, smp->file.size, smp->file.sha256,
                                                                   config->buffer, config->buffer_size, config->feed)
                                     ? UPDRAFT_REASON_DOWNLOAD
                                     : verdict(smp, digest);
    smp->live = false;
    if (reason == UPDRAFT_REASON_NONE)
        return UPDRAFT_SMP_OK;
    (void)updraft_journal_drop(smp->journal);
    return refuse(smp, UPDRAFT_SMP_CORRUPT, updraft_reason_name((uint8_t)reason));
}

static enum updraft_smp_rc erase(struct updraft_smp_application *smp) {
    const struct updraft_staging *staging = smp->config->staging;
    uint32_t slot, start, length, word;
    if (!updraft_smp_find_uint(&smp->server, "slot", &slot))
        slot = STAGING;
    enum updraft_smp_rc rc = ask_gate(smp, UPDRAFT_SMP_TO_ERASE);
    if (rc != UPDRAFT_SMP_OK)
        return rc;
    if (slot != STAGING)
        return refuse(smp, UPDRAFT_SMP_INVALID, "slot");
    if (state(smp)->phase != UPDRAFT_PHASE_CONFIRMED ||
        updraft_boot_state_claim_staging(&smp->journal->log) != UPDRAFT_OK)
        return refuse(smp, UPDRAFT_SMP_BAD_STATE, state(smp)->phase == UPDRAFT_PHASE_PENDING ? "pending" : "trial");
    smp->live = false;
    smp->server.upload_size = smp->server.upload_offset = 0;
    // What has no header is no image, and the rest goes with the next upload: a client cannot wear the flash so.
    bool blank = staging->read(staging->context, 0, (uint8_t *)&word, sizeof word) && word == UINT32_MAX;
    bool erased =
        updraft_journal_drop(smp->journal) && (blank || (staging->block(staging->context, 0, &start, &length) &&
                                                         staging->erase(staging->context, start, length)));
    return erased ? UPDRAFT_SMP_OK : refuse(smp, UPDRAFT_SMP_UNKNOWN, updraft_reason_name(UPDRAFT_REASON_FLASH));
}

// ---- test and confirm

static enum updraft_smp_rc confirm_running(struct updraft_smp_application *smp) {
    enum updraft_smp_rc rc = ask_gate(smp, UPDRAFT_SMP_TO_CONFIRM);
    if (rc == UPDRAFT_SMP_OK && updraft_boot_state_confirm(&smp->journal->log) != UPDRAFT_OK)
        return refuse(smp, UPDRAFT_SMP_BAD_STATE, "it failed its trial");
    return rc;
}

// To confirm an image that has never run is to try it: it has to prove itself like any other.
static enum updraft_smp_rc set_state(struct updraft_smp_application *smp) {
    struct updraft_image image;
    const uint8_t *hash;
    uint32_t length;
    uint8_t wanted[32], digest[32];
    bool confirm = updraft_smp_is_set(&smp->server, "confirm");
    bool names = updraft_smp_find_bytes(&smp->server, "hash", &hash, &length);
    if (names ? length != sizeof wanted : !confirm)
        return UPDRAFT_SMP_INVALID;
    if (!names || memcmp(hash, smp->journal->running, sizeof digest) == 0)
        return confirm ? confirm_running(smp) : refuse(smp, UPDRAFT_SMP_BAD_STATE, "it runs");
    memcpy(wanted, hash, sizeof wanted); // the buffer that it stands in is needed
    enum updraft_smp_rc rc = ask_gate(smp, UPDRAFT_SMP_TO_TEST);
    if (rc != UPDRAFT_SMP_OK)
        return rc;
    if (updraft_state_is_under_way(state(smp)))
        return refuse(smp, UPDRAFT_SMP_BAD_STATE, "trial");
    if (!open_slot(smp, STAGING, &image, digest) || memcmp(wanted, digest, sizeof digest) != 0)
        return refuse(smp, UPDRAFT_SMP_NO_ENTRY, "no such image");
    enum updraft_reason reason = verdict(smp, digest);
    if (reason != UPDRAFT_REASON_NONE)
        return refuse(smp, UPDRAFT_SMP_CORRUPT, updraft_reason_name((uint8_t)reason));
    smp->live = false;
    return updraft_boot_state_request(&smp->journal->log, smp->config->staging->source, digest) == UPDRAFT_OK
               ? UPDRAFT_SMP_OK
               : refuse(smp, UPDRAFT_SMP_UNKNOWN, updraft_reason_name(UPDRAFT_REASON_FLASH));
}

static enum updraft_smp_rc may_reset(void *context) {
    struct updraft_smp_application *smp = context;
    uint32_t mode;
    smp->to_recovery = updraft_smp_find_uint(&smp->server, "boot_mode", &mode) && mode == BOOT_MODE_RECOVERY;
    return ask_gate(smp, UPDRAFT_SMP_TO_RESET);
}

static void reset(void *context) {
    struct updraft_smp_application *smp = context;
    if (smp->to_recovery)
        updraft_request_write(UPDRAFT_REQUEST_RECOVERY);
    else if (state(smp)->phase == UPDRAFT_PHASE_PENDING)
        updraft_request_write(state(smp)->source == UPDRAFT_SOURCE_CARD ? UPDRAFT_REQUEST_CARD
                                                                        : UPDRAFT_REQUEST_STAGING);
    smp->config->reset(smp->config->context);
}

// ---- Updraft's own commands

static void add_check_in(struct updraft_smp_application *smp) {
    const struct updraft_smp_application_config *config = smp->config;
    struct updraft_check_in check_in = {.digest = smp->journal->running,
                                        .version = smp->journal->version,
                                        .board = config->layout->board,
                                        .staging_size = config->staging->size,
                                        .capabilities =
                                            updraft_boot_info(config->layout->running.flash) & UPDRAFT_BOOT_CAN,
                                        .trial = updraft_journal_on_trial(smp->journal),
                                        .counter = state(smp)->counter};
    uint8_t body[UPDRAFT_PROTOCOL_CHECK_IN_MAX];
    size_t length = updraft_check_in_write(&check_in, body, sizeof body);
    updraft_smp_add_map(&smp->server, 2);
    updraft_smp_add_text(&smp->server, "id");
    updraft_smp_add_text(&smp->server, config->id);
    updraft_smp_add_text(&smp->server, "check-in");
    updraft_smp_add_bytes(&smp->server, body, (uint32_t)length);
}

static void add_outcome(struct updraft_smp_application *smp) {
    uint8_t body[UPDRAFT_PROTOCOL_REPORT_MAX];
    struct updraft_outcome_report report;
    bool known = updraft_journal_report(smp->journal, &report);
    updraft_smp_add_map(&smp->server, known ? 2 : 0);
    if (known) {
        add_number(&smp->server, "seq", report.report.seq);
        updraft_smp_add_text(&smp->server, "report");
        updraft_smp_add_bytes(&smp->server, body, (uint32_t)updraft_report_write(&report.report, body, sizeof body));
    }
}

// Only the outcome that was read is forgotten: another one may have come since.
static enum updraft_smp_rc acknowledge(struct updraft_smp_application *smp) {
    uint32_t seq;
    struct updraft_outcome_report report;
    if (!updraft_smp_find_uint(&smp->server, "seq", &seq))
        return UPDRAFT_SMP_INVALID;
    if (!updraft_journal_report(smp->journal, &report) || report.report.seq != seq)
        return UPDRAFT_SMP_NO_ENTRY;
    return updraft_journal_outcome_reported(smp->journal)
               ? UPDRAFT_SMP_OK
               : refuse(smp, UPDRAFT_SMP_UNKNOWN, updraft_reason_name(UPDRAFT_REASON_FLASH));
}

static enum updraft_smp_rc other(void *context, uint32_t command) {
    struct updraft_smp_application *smp = context;
    enum updraft_smp_rc rc = UPDRAFT_SMP_OK;
    switch (command) {
    case OS_BOOTLOADER:
        updraft_smp_add_map(&smp->server, 1);
        updraft_smp_add_text(&smp->server, "bootloader");
        updraft_smp_add_text(&smp->server, "Updraft");
        return rc;
    case IMAGE_SET_STATE:
        rc = set_state(smp);
        updraft_smp_add_images(&smp->server, &smp->server_config);
        return rc;
    case IMAGE_ERASE: rc = erase(smp); break;
    case IMAGE_SLOTS: add_slots(smp); return rc;
    case UPDRAFT_SMP_CHECK_IN: add_check_in(smp); return rc;
    case UPDRAFT_SMP_OUTCOME: add_outcome(smp); return rc;
    case UPDRAFT_SMP_ACKNOWLEDGE: rc = acknowledge(smp); break;
    default: return UPDRAFT_SMP_NOT_SUPPORTED;
    }
    updraft_smp_add_map(&smp->server, 0);
    return rc;
}

// ---- entry

static void write_out(void *context, const uint8_t *data, uint32_t length) {
    const struct updraft_smp_application *smp = context;
    smp->config->write(smp->config->context, data, length);
}

static void put(void *context, uint8_t byte) {
    write_out(context, &byte, 1);
}

static const char *reason(void *context) {
    struct updraft_smp_application *smp = context;
    const char *said = smp->reason;
    smp->reason = NULL;
    return said;
}

bool updraft_smp_application_start(struct updraft_smp_application *smp,
                                   const struct updraft_smp_application_config *config) {
    memset(smp, 0, sizeof *smp);
    smp->config = config;
    smp->journal = config->journal != NULL ? config->journal : &smp->own;
    smp->server = (struct updraft_smp_server){.context = smp, .buffer = config->buffer};
    smp->server_config = (struct updraft_smp_config){
        .buffer_size = config->buffer_size,
        .unit =
            (uint16_t)(config->staging->unit > UPDRAFT_SMP_WRITE_UNIT ? config->staging->unit : UPDRAFT_SMP_WRITE_UNIT),
        .buffers = config->buffers,
        .slots = SLOTS,
        .put = put,
        .write = write_out,
        .flags = add_flags,
        .upload_begin = upload_begin,
        .upload_write = upload_write,
        .upload_end = upload_end,
        .image = list,
        .reset = reset,
        .may_reset = may_reset,
        .other = other,
        .reason = reason,
    };
    return (config->journal != NULL || updraft_journal_open(&smp->own, config->layout)) &&
           config->buffer_size >= UPDRAFT_SMP_BUFFER_MIN && config->buffers > 0 && strlen(config->id) <= ID_MOST;
}

void updraft_smp_application_console(struct updraft_smp_application *smp, uint8_t byte) {
    smp->heard |= updraft_smp_take_console(&smp->server, &smp->server_config, byte);
}

void updraft_smp_application_raw(struct updraft_smp_application *smp, const uint8_t *data, uint32_t length) {
    smp->heard |= updraft_smp_take_raw(&smp->server, &smp->server_config, data, length);
}

static void watch_trial(struct updraft_smp_application *smp, uint32_t millis) {
    const struct updraft_smp_application_config *config = smp->config;
    struct updraft_trial trial = {.reached = smp->heard,
                                  .seconds = (millis - smp->started_at) / 1000,
                                  .limit_seconds = config->trial_seconds,
                                  .outage_seconds = config->outage_seconds};
    enum updraft_reason why;
    if (updraft_trial_end(&smp->journal->log, &trial, config->self_test(config->context, smp->heard), &why) ==
        UPDRAFT_TRIAL_RESET)
        config->reset(config->context);
}

void updraft_smp_application_poll(struct updraft_smp_application *smp, uint32_t millis) {
    uint32_t received = smp->server.reader.length + smp->server.skip;
    if (!smp->started) {
        smp->started = true;
        smp->started_at = smp->paid_back_at = millis;
    }
    if (received == 0 || received != smp->received) {
        smp->received = received;
        smp->quiet_since = millis;
    } else if (millis - smp->quiet_since >= SILENCE_MS) {
        updraft_smp_drop(&smp->server);
    }
    if (smp->config->journal != NULL)
        return; // the agent watches over trials and pays back
    if (millis - smp->paid_back_at >= UPDRAFT_JOURNAL_PAID_BACK_S * 1000U) {
        smp->paid_back_at = millis;
        (void)updraft_journal_pay_back(smp->journal);
    }
    if (updraft_journal_on_trial(smp->journal))
        watch_trial(smp, millis);
}
