#include "updraft_boot_state.h"

#include <stddef.h>
#include <string.h>

#define MAGIC 0x474f4c55U // "ULOG"

enum {
    BLANK_STOP = 16,  // that many blank places in a row end a scan; a cut leaves fewer between records
    READS = 3,        // of a place that holds neither nothing nor a record
    PLACES_TRIED = 8, // for one record
    FRESH = 8,        // records in a group that need not be turned over to make room
};

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

_Static_assert(sizeof(struct record) == PLACE && PLACE % 32 == 0, "a record fills its place, whatever the unit");

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

enum place { BLANK, VALID, NEITHER };

// What stands at a place. A read that fails once, or gives a wrong bit once, is no reason to pass over a record.
static enum place look(const struct updraft_area *area, uint32_t offset, struct record *record) {
    for (int attempt = 0; attempt < READS; attempt++) {
        if (updraft_area_read(area, offset, record, sizeof *record) != UPDRAFT_OK)
            continue;
        if (valid(record))
            return VALID;
        if (blank(record))
            return BLANK;
    }
    return NEITHER;
}

// Numbers follow each other around 2^32, so that no number is the last one.
static bool is_newer(uint32_t sequence, uint32_t than) {
    return than == 0 || sequence - than <= INT32_MAX;
}

// Looks through one group: takes over its newest record if it is newer than what was found so far.
static void scan(struct updraft_boot_state *log, uint8_t group) {
    const struct updraft_area *area = &log->layout->log[group];
    struct record record;
    uint32_t free_from = 0;
    bool newest_here = false;
    int blanks = 0;
    for (uint32_t offset = 0; offset + PLACE <= area->size && blanks < BLANK_STOP; offset += PLACE) {
        enum place place = look(area, offset, &record);
        blanks = place == BLANK ? blanks + 1 : 0;
        if (place != BLANK)
            free_from = offset + PLACE;
        if (place == VALID && record.sequence != 0 && is_newer(record.sequence, log->sequence)) {
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

static enum updraft_status write_record(struct updraft_boot_state *log, uint8_t group, uint32_t offset,
                                        const struct record *record) {
    const struct updraft_area *area = &log->layout->log[group];
    enum updraft_status status = updraft_area_program(area, offset, record, sizeof *record);
    if (status != UPDRAFT_OK)
        log->failed_address = area->address + offset;
    return status;
}

// Erases the other group. The one with the newest record stays until a newer one stands in the other.
static enum updraft_status turn_over(struct updraft_boot_state *log, uint8_t other) {
    const struct updraft_area *area = &log->layout->log[other];
    enum updraft_status status = updraft_area_erase(area, 0, area->size);
    if (status != UPDRAFT_OK)
        log->failed_address = area->address;
    return status;
}

// One record that reads back right. A place that refuses is passed over: a power cut may have left it looking free.
static enum updraft_status write_copy(struct updraft_boot_state *log) {
    struct record record = {.magic = MAGIC, .sequence = log->sequence + 1, .state = log->state};
    if (record.sequence == 0)
        record.sequence = 1;
    record.crc = crc32(&record, offsetof(struct record, crc));
    uint8_t group = log->group;
    for (int attempt = 0; attempt < PLACES_TRIED; attempt++) {
        if (log->next + PLACE > log->layout->log[group].size) {
            if (group != log->group)
                break; // all of the other group refuses
            group ^= 1U;
            enum updraft_status status = turn_over(log, group);
            if (status != UPDRAFT_OK)
                return status;
            log->next = 0;
        }
        uint32_t offset = log->next;
        log->next += PLACE;
        if (write_record(log, group, offset, &record) == UPDRAFT_OK) {
            log->group = group;
            log->sequence = record.sequence;
            log->failed_address = 0; // places that were passed over are no failure
            return UPDRAFT_OK;
        }
    }
    if (group != log->group)
        log->next = log->layout->log[log->group].size; // the next record is tried in the other group once more
    return UPDRAFT_ERROR_PROGRAM;
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

enum updraft_status updraft_boot_state_append_with_room(struct updraft_boot_state *log, uint32_t records) {
    uint32_t size = log->layout->log[log->group].size, next = log->next, used = next / PLACE;
    if (size / PLACE - used >= records + UPDRAFT_STATE_COPIES || used <= FRESH)
        return updraft_boot_state_append(log);
    log->next = size;
    enum updraft_status status = updraft_boot_state_append(log);
    if (status != UPDRAFT_OK && log->next == size)
        log->next = next; // the other group is broken: what is left of this one is still good
    return status;
}
