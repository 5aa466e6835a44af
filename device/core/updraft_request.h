// What the application asks of the bootloader through the backup registers: docs/reference/backup-registers.md.
// They are hints: what must survive stands in the boot state. Garbage and a lost backup domain mean "no request".
#ifndef UPDRAFT_REQUEST_H
#define UPDRAFT_REQUEST_H

#include <stdint.h>

#define UPDRAFT_REQUEST_MAGIC 0x52445055U // "UPDR"

enum updraft_request {
    UPDRAFT_REQUEST_NONE = 0,
    UPDRAFT_REQUEST_STAGING = 1,  // the log wants an installation; just a reset would do as well
    UPDRAFT_REQUEST_CARD = 2,     // install UPDATE.UPD from the SD card
    UPDRAFT_REQUEST_RECOVERY = 3, // stay in the bootloader and listen on the UART
    UPDRAFT_REQUEST_START = 4,    // the bootloader's own: start the confirmed image at once, the watchdog off
};

enum updraft_reset_cause {
    UPDRAFT_RESET_UNKNOWN = 0,
    UPDRAFT_RESET_POWER = 1,
    UPDRAFT_RESET_PIN = 2,
    UPDRAFT_RESET_SOFTWARE = 3,
    UPDRAFT_RESET_WATCHDOG = 4,
    UPDRAFT_RESET_LOW_POWER = 5,
};

// Backup registers in use.
enum { UPDRAFT_BACKUP_MAGIC = 0, UPDRAFT_BACKUP_REQUEST = 1, UPDRAFT_BACKUP_CHECK = 2, UPDRAFT_BACKUP_CHECKPOINT = 3 };

// The third word: says that the first two belong together.
static inline uint32_t updraft_request_check(uint32_t request) {
    return ~(UPDRAFT_REQUEST_MAGIC ^ (request * 0x9e3779b1U));
}

static inline enum updraft_request updraft_request_decode(const uint32_t words[3]) {
    if (words[UPDRAFT_BACKUP_MAGIC] != UPDRAFT_REQUEST_MAGIC ||
        words[UPDRAFT_BACKUP_CHECK] != updraft_request_check(words[UPDRAFT_BACKUP_REQUEST]) ||
        words[UPDRAFT_BACKUP_REQUEST] > UPDRAFT_REQUEST_START)
        return UPDRAFT_REQUEST_NONE;
    return (enum updraft_request)words[UPDRAFT_BACKUP_REQUEST];
}

// Both of the port, for bootloader and application alike; `index` counts registers of 32 bits.
uint32_t updraft_backup_read(uint32_t index);
void updraft_backup_write(uint32_t index, uint32_t value);

static inline void updraft_request_write(enum updraft_request request) {
    updraft_backup_write(UPDRAFT_BACKUP_REQUEST, (uint32_t)request);
    updraft_backup_write(UPDRAFT_BACKUP_CHECK, updraft_request_check((uint32_t)request));
    updraft_backup_write(UPDRAFT_BACKUP_MAGIC, UPDRAFT_REQUEST_MAGIC);
}

#endif
