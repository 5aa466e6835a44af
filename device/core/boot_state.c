#include "updraft_boot_state.h"

#include <stddef.h>
#include <string.h>

#define MAGIC 0x474f4c55U // "ULOG"
#define BLANK_STOP 16     // that many blank places in a row end a scan; a cut leaves fewer between records

// As it stands in the flash, little-endian as the chips are.
struct record {
    uint32_t magic;
    uint32_t sequence;
    struct updraft_state_record state;
    uint32_t crc; // CRC-32 (ISO-HDLC) of what stands before
};

_Static_assert(sizeof(struct updraft_outcome) == 44, "outcome layout");
_Static_assert(sizeof(struct updraft_download) == 44, "download layout");
_Static_assert(offsetof(struct updraft_state_record, counter) == 12, "state layout");
_Static_assert(sizeof(struct updraft_state_record) == 180, "state layout");
_Static_assert(sizeof(struct record) == 192, "record layout");

#define PLACE 192U // bytes between records: a multiple of every program unit

_Static_assert(sizeof(struct record) <= PLACE && PLACE % 32 == 0, "a record fits its place");

static uint32_t crc32(const void *data, uint32_t length) {
    const uint8_t *byte = data;
    uint32_t crc = 0xffffffffU;
    while (length-- > 0) {
        crc ^= *byte++;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xedb88320U & (0U - (crc & 1U)));
    }
    return ~crc;
}

static bool blank(const struct record *record) {
    const uint8_t *byte = (const uint8_t *)record;
    for (uint32_t i = 0; i < sizeof *record; i++)
        if (byte[i] != 0xff)
            return false;
    return true;
}

static bool valid(const struct record *record) {
    return record->magic == MAGIC && record->crc == crc32(record, offsetof(struct record, crc));
}

// Looks through one group: takes over its newest record if it is newer than what was found so far.
static void scan(struct updraft_boot_state *log, uint8_t group) {
    const struct updraft_area *area = &log->layout->log[group];
    struct record record;
    uint32_t free_from = 0;
    bool newest_here = false;
    int blanks = 0;
    for (uint32_t offset = 0; offset + PLACE <= area->size && blanks < BLANK_STOP; offset += PLACE) {
        bool readable = updraft_area_read(area, offset, &record, sizeof record) == UPDRAFT_OK;
        if (readable && blank(&record)) {
            blanks++;
            continue;
        }
        blanks = 0;
        free_from = offset + PLACE;
        if (readable && valid(&record) && record.sequence >= log->sequence) {
            log->sequence = record.sequence;
            log->state = record.state;
            newest_here = true;
        }
    }
    if (newest_here) {
        log->group = group;
        log->next = free_from;
    }
}

enum updraft_status updraft_boot_state_open(struct updraft_boot_state *log, const struct updraft_layout *layout) {
    memset(log, 0, sizeof *log);
    log->layout = layout;
    log->group = 1; // with no record at all the first append turns over to group 0, erasing it first
    log->next = layout->log[1].size;
    scan(log, 0);
    scan(log, 1);
    return UPDRAFT_OK;
}

static enum updraft_status turn_over(struct updraft_boot_state *log) {
    uint8_t other = log->group ^ 1U;
    const struct updraft_area *area = &log->layout->log[other];
    enum updraft_status status = updraft_area_erase(area, 0, area->size);
    if (status != UPDRAFT_OK) {
        log->failed_address = area->address;
        return status;
    }
    log->group = other;
    log->next = 0;
    return UPDRAFT_OK;
}

static enum updraft_status write_record(struct updraft_boot_state *log, const struct record *record) {
    uint8_t bytes[PLACE];
    uint32_t unit = log->layout->log[0].flash->program_unit;
    uint32_t length = (sizeof *record + unit - 1) / unit * unit;
    memset(bytes, 0xff, sizeof bytes);
    memcpy(bytes, record, sizeof *record);
    const struct updraft_area *area = &log->layout->log[log->group];
    enum updraft_status status = updraft_area_program(area, log->next, bytes, length);
    if (status != UPDRAFT_OK)
        log->failed_address = area->address + log->next;
    log->next += PLACE;
    return status;
}

// One record that reads back right. A place that refuses is passed over: a power cut may have left it looking free.
static enum updraft_status write_copy(struct updraft_boot_state *log) {
    struct record record = {.magic = MAGIC, .sequence = log->sequence + 1, .state = log->state};
    record.crc = crc32(&record, offsetof(struct record, crc));
    enum updraft_status status = UPDRAFT_ERROR_PROGRAM;
    for (int attempt = 0, turns = 0; attempt < 8 && status != UPDRAFT_OK; attempt++) {
        if (log->next + PLACE > log->layout->log[log->group].size) {
            if (turns++ > 0)
                return UPDRAFT_ERROR_PROGRAM; // a whole group of refusing places
            status = turn_over(log);
            if (status != UPDRAFT_OK)
                return status;
        }
        status = write_record(log, &record);
    }
    if (status == UPDRAFT_OK) {
        log->sequence++;
        log->failed_address = 0; // places that were passed over are no failure
    }
    return status;
}

enum updraft_status updraft_boot_state_append(struct updraft_boot_state *log) {
    int copies = log->durable ? 1 : UPDRAFT_STATE_COPIES;
    for (int i = 0; i < copies; i++) {
        enum updraft_status status = write_copy(log);
        if (status != UPDRAFT_OK)
            return status;
    }
    log->durable = true;
    return UPDRAFT_OK;
}

enum updraft_status updraft_boot_state_make_durable(struct updraft_boot_state *log) {
    return log->durable ? UPDRAFT_OK : updraft_boot_state_append(log);
}
