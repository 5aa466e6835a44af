// The boot state: what is pending and what was seen, by digest, in two groups of erase units used in turn.
// Every byte: docs/reference/boot-state.md.
//
// Each record holds the whole state, so the last valid one is the state and nothing has to be put together. A record
// that cannot be read or whose CRC is wrong is absent. Both the bootloader and the agent append:
//
//     struct updraft_boot_state log;
//     updraft_boot_state_open(&log, &updraft_board_layout);
//     log.state.phase = ...;
//     updraft_boot_state_append(&log);
//
// A record torn by a power cut may be there at one boot and gone at the next. So whoever acts on what it says
// (erases, programs) calls updraft_boot_state_make_durable first; append does the same. What is written after power-up
// for the first time is written UPDRAFT_STATE_COPIES times, because the first free-looking places may be ones that a
// cut left unstable.
#ifndef UPDRAFT_METADATA_LOG_H
#define UPDRAFT_METADATA_LOG_H

#include <stdbool.h>

#include "updraft_layout.h"

#define UPDRAFT_DIGEST_SIZE 32
#define UPDRAFT_STATE_COPIES 3

enum updraft_phase_recorded {
    UPDRAFT_PHASE_NEW = 0,       // nothing known yet: a device fresh from the programmer
    UPDRAFT_PHASE_CONFIRMED = 1, // `running` runs
    UPDRAFT_PHASE_PENDING = 2,   // install `pending`; the agent's request
    UPDRAFT_PHASE_SWAPPING = 3,  // verified, being installed; `running` is the fallback
    UPDRAFT_PHASE_TRIAL = 4,     // `pending` is in place, started `attempts` times, not confirmed
    UPDRAFT_PHASE_REVERTING = 5, // `pending` failed; `running` is to come back, where it is still known
};

// Numbers are the device protocol's events.
enum updraft_outcome_kind {
    UPDRAFT_OUTCOME_NONE = 0,
    UPDRAFT_OUTCOME_CONFIRMED = 5,
    UPDRAFT_OUTCOME_ROLLED_BACK = 6,
    UPDRAFT_OUTCOME_REFUSED = 7,
};

// Each is a reason of docs/reference/device-protocol.md; updraft_reason_name gives the text.
enum updraft_reason {
    UPDRAFT_REASON_NONE = 0,
    UPDRAFT_REASON_SIGNATURE = 1,
    UPDRAFT_REASON_DIGEST = 2,
    UPDRAFT_REASON_DOWNLOAD = 3,
    UPDRAFT_REASON_MALFORMED = 4,
    UPDRAFT_REASON_BOARD = 5,
    UPDRAFT_REASON_COUNTER = 6,
    UPDRAFT_REASON_DEPENDENCY = 7,
    UPDRAFT_REASON_TOO_LARGE = 8,
    UPDRAFT_REASON_FLASH = 9, // outcome.address names the sector
    UPDRAFT_REASON_NOT_CONFIRMED = 10,
    UPDRAFT_REASON_SELF_TEST = 11,
    UPDRAFT_REASON_WATCHDOG = 12,
    UPDRAFT_REASON_NETWORK = 13,
};

// Where an image stands outside the running slot.
enum updraft_source {
    UPDRAFT_SOURCE_STAGING = 0, // inside the chip, from updraft_layout_staged_offset on
    UPDRAFT_SOURCE_CARD = 1,    // the file UPDATE.UPD in the root of an SD card; the fallback is FALLBACK.UPD
    UPDRAFT_SOURCE_NOR = 2,     // the external SPI NOR flash, at updraft_layout_nor_offset
};

// What is known of an image to go back to, at the place that `fallback` names.
enum updraft_fallback {
    UPDRAFT_FALLBACK_NONE = 0,
    UPDRAFT_FALLBACK_BEFORE = 1, // CONFIRMED: the image before, `wanted` is its digest
    UPDRAFT_FALLBACK_COPY = 2,   // a proven copy of `running`, put outside the chip by the agent
};

// What happened to the last update, kept until the agent has reported it (then set kind to UPDRAFT_OUTCOME_NONE and
// append).
struct updraft_outcome {
    uint8_t kind;                        // enum updraft_outcome_kind
    uint8_t reason;                      // enum updraft_reason
    uint8_t attempts;                    // starts on trial
    uint8_t reset_cause;                 // enum updraft_reset_cause of the last start on trial
    uint32_t address;                    // of the sector that failed, where reason is FLASH
    uint32_t checkpoint;                 // last value that the application put into the backup register
    uint8_t digest[UPDRAFT_DIGEST_SIZE]; // the image it is about
};

// Download in progress, the agent's own; the bootloader keeps it as it is.
struct updraft_download {
    uint32_t size;      // of the file; 0: none in progress
    uint32_t received;  // bytes staged and proven
    uint16_t kind;      // as in the offer
    uint8_t begun;      // files that staging was erased for, less those that time has paid back
    uint8_t starts;     // that are counted for time while no more may be begun
    uint8_t sha256[32]; // of the file
};

// No download is in progress. What counts the wear of staging stays.
static inline void updraft_download_forget(struct updraft_download *download) {
    *download = (struct updraft_download){.begun = download->begun, .starts = download->starts};
}

struct updraft_state_record {
    uint8_t phase;        // enum updraft_phase_recorded
    uint8_t source;       // enum updraft_source of `wanted`
    uint8_t attempts;     // starts on trial so far
    uint8_t reason;       // why REVERTING
    uint16_t units_new;   // swap units that the new image takes; set when SWAPPING begins
    uint16_t units_old;   // swap units that the fallback takes
    uint16_t units_done;  // proven
    uint8_t has_running;  // `running` is set
    uint8_t has_fallback; // enum updraft_fallback
    uint32_t counter;     // security counter; never falls
    uint32_t counter_new; // that of `pending`, as verified in the slot; becomes `counter` when it is confirmed
    uint8_t running[UPDRAFT_DIGEST_SIZE];
    uint8_t pending[UPDRAFT_DIGEST_SIZE];
    struct updraft_outcome outcome;
    struct updraft_download download;
    uint32_t skipped;    // bit n: step n is equal in both images, so it is neither kept nor copied
    uint8_t fallback;    // enum updraft_source: where the image to go back to stands
    uint8_t slot_whole;  // every step of `running` was proven: nothing in the slot was left behind by a power cut
    uint8_t keep_source; // the new image is not moved but copied; what is kept of the old one stands at staging's end
    uint8_t slot_failed; // what the slot holds failed its trial: it is never confirmed, whatever else happens
};

struct updraft_boot_state {
    const struct updraft_layout *layout;
    struct updraft_state_record state; // change this, then append
    uint32_t sequence;                 // of the last record; 0: none
    uint32_t next;                     // offset in `group` where the next record goes
    uint32_t failed_address;           // where the last append failed; 0: it did not
    uint8_t group;                     // that holds it
    bool durable;                      // a record was written and read back since power-up
};

// Replays. A log with no valid record gives an all-zero state (UPDRAFT_PHASE_NEW) and UPDRAFT_OK. Writes nothing.
enum updraft_status updraft_boot_state_open(struct updraft_boot_state *log, const struct updraft_layout *layout);

// Writes log->state. On an error the state on the flash is what it was.
enum updraft_status updraft_boot_state_append(struct updraft_boot_state *log);

// The same, with room behind it for so many records more: turns over to the other group now where this one has not.
enum updraft_status updraft_boot_state_append_with_room(struct updraft_boot_state *log, uint32_t records);

// Makes sure that the state which was replayed stands; writes nothing if something was appended since power-up.
enum updraft_status updraft_boot_state_make_durable(struct updraft_boot_state *log);

// The image before is no fallback any more; a copy of the running one stays one.
static inline void updraft_state_forget_before(struct updraft_state_record *state) {
    if (state->has_fallback == UPDRAFT_FALLBACK_BEFORE)
        state->has_fallback = UPDRAFT_FALLBACK_NONE;
}

// The image in the slot failed its trial: what was confirmed before is to come back.
static inline void updraft_state_revert(struct updraft_state_record *state, enum updraft_reason reason) {
    state->phase = UPDRAFT_PHASE_REVERTING;
    state->reason = (uint8_t)reason;
    state->units_done = 0;
    state->slot_failed = 1;
}

// No image is pending any more: what runs, runs on.
static inline void updraft_state_withdraw(struct updraft_state_record *state) {
    state->phase = state->slot_failed   ? UPDRAFT_PHASE_REVERTING
                   : state->has_running ? UPDRAFT_PHASE_CONFIRMED
                                        : UPDRAFT_PHASE_NEW;
}

// "signature", "not-confirmed", ...; NULL for NONE.
const char *updraft_reason_name(uint8_t reason);

// An installation or a trial is under way: neither staging nor the pending image may be replaced.
bool updraft_state_is_under_way(const struct updraft_state_record *state);

// What the application asks for and says, each a change of the state and one append. On an error nothing has changed.
// Install `digest` from `source`. UPDRAFT_ERROR_FORMAT while an installation or a trial is under way.
enum updraft_status updraft_boot_state_request(struct updraft_boot_state *log, enum updraft_source source,
                                               const uint8_t digest[UPDRAFT_DIGEST_SIZE]);
// The image on trial works. UPDRAFT_OK and no write when nothing is on trial; UPDRAFT_ERROR_FORMAT when what runs has
// failed its trial and runs only because the fallback cannot be read.
enum updraft_status updraft_boot_state_confirm(struct updraft_boot_state *log);
// The image on trial does not work (reason SELF_TEST): reset afterwards, the bootloader takes it back.
enum updraft_status updraft_boot_state_reject(struct updraft_boot_state *log, enum updraft_reason reason);
// The outcome was reported; it is forgotten.
enum updraft_status updraft_boot_state_reported(struct updraft_boot_state *log);
// A copy of the running image, written and read back since power-up, stands at `place` outside the chip.
enum updraft_status updraft_boot_state_keep_fallback(struct updraft_boot_state *log, enum updraft_source place);
// Staging is about to be overwritten: what was pending there is not any more, nor is the image before a fallback.
// Before the first erase of a download or of the copy that is to be the fallback. UPDRAFT_ERROR_FORMAT while staging
// holds the fallback.
enum updraft_status updraft_boot_state_claim_staging(struct updraft_boot_state *log);

#endif
