// What the agent must remember across power loss, in the words of core's boot state: what runs, how far a download is
// proven, what was given up, what the server has not been told yet.
#ifndef UPDRAFT_JOURNAL_H
#define UPDRAFT_JOURNAL_H

#include "updraft_boot_state.h"
#include "updraft_protocol.h"

// What staging is filled with.
struct updraft_file {
    uint32_t size, kind; // kind: enum updraft_offer_kind
    uint8_t sha256[32];
};

static inline struct updraft_file updraft_offered_file(const struct updraft_offer *offer) {
    struct updraft_file file = {.size = offer->size, .kind = offer->kind};
    for (unsigned i = 0; i < sizeof file.sha256; i++)
        file.sha256[i] = offer->sha256[i];
    return file;
}

struct updraft_journal {
    struct updraft_boot_state log;
    uint8_t running[32]; // digest of the image that runs
    char version[UPDRAFT_PROTOCOL_VERSION_MAX + 1];
};

// False when the running slot holds no image: the application was not started by the bootloader.
bool updraft_journal_open(struct updraft_journal *journal, const struct updraft_layout *layout);

bool updraft_journal_on_trial(const struct updraft_journal *journal);

// Bytes of the file that are staged and proven; 0 when another file (or none) was begun.
uint32_t updraft_journal_staged(const struct updraft_journal *journal, const struct updraft_file *file);

// Each file that is begun erases all of staging, so the network may not have as many begun as it likes:
// UPDRAFT_JOURNAL_FILES at once, and one more for each six hours that the device runs. No clock is needed, and the
// count outlives resets. So that a device that never runs for six hours is not locked out, a start in which a file had
// to wait counts for a quarter of an hour.
enum {
    UPDRAFT_JOURNAL_FILES = 8,
    UPDRAFT_JOURNAL_PAID_BACK_S = 6 * 3600,
    UPDRAFT_JOURNAL_STARTS = 24, // that pay back as much
};
bool updraft_journal_may_begin(const struct updraft_journal *journal);
// The rest answers false when the boot state could not be written.
bool updraft_journal_pay_back(struct updraft_journal *journal);    // six hours have passed
bool updraft_journal_count_start(struct updraft_journal *journal); // a file has to wait, for the first time since start

bool updraft_journal_begin(struct updraft_journal *journal,
                           const struct updraft_file *file); // staging now belongs to this file
bool updraft_journal_mark(struct updraft_journal *journal, uint32_t staged);
// The begun block's proven bytes stand in the spare block too, so that the block may be erased.
bool updraft_journal_kept(const struct updraft_journal *journal);
bool updraft_journal_keep(struct updraft_journal *journal, bool kept);
// What is staged counts no more: it is not what was offered, or it is offered no more.
bool updraft_journal_drop(struct updraft_journal *journal);

// The agent itself refuses the image; kept as the outcome until it is reported.
bool updraft_journal_refuse(struct updraft_journal *journal, const uint8_t digest[32], enum updraft_reason reason);
// Whether the reason is about the image's own bytes, or about trials that failed: it will be no other the next time.
// What is about the moment (memory, medium, network) may be.
bool updraft_journal_is_final(uint8_t reason);
// An image that was refused or taken back for a final reason is not tried again; one such digest is remembered, the
// last one, until the server says `again`.
bool updraft_journal_given_up(const struct updraft_journal *journal, const uint8_t digest[32]);
bool updraft_journal_try_again(struct updraft_journal *journal);
// The outcome of the last update, if the server has not acknowledged it.
const struct updraft_outcome *updraft_journal_outcome(const struct updraft_journal *journal);
// The same as a report to the server, numbered by the boot state's record so that one that is sent twice is one; false
// where there is none.
struct updraft_outcome_report {
    struct updraft_report report;
    char sector[sizeof "sector at 0x00000000"];
};
bool updraft_journal_report(const struct updraft_journal *journal, struct updraft_outcome_report *outcome);
bool updraft_journal_outcome_reported(struct updraft_journal *journal);

#endif
