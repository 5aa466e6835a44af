// What the agent must remember across power loss, in the words of core's boot state: what runs, how far a download is
// proven, what was given up, what the server has not been told yet.
#ifndef UPDRAFT_JOURNAL_H
#define UPDRAFT_JOURNAL_H

#include "updraft_boot_state.h"
#include "updraft_protocol.h"

struct updraft_journal {
    struct updraft_boot_state log;
    uint8_t running[32]; // digest of the image that runs
    char version[UPDRAFT_PROTOCOL_VERSION_MAX + 1];
};

// False when the running slot holds no image: the application was not started by the bootloader.
bool updraft_journal_open(struct updraft_journal *journal, const struct updraft_layout *layout);

bool updraft_journal_on_trial(const struct updraft_journal *journal);

// Bytes of the offered file that are staged and proven; 0 when another file (or none) was begun.
uint32_t updraft_journal_staged(const struct updraft_journal *journal, const struct updraft_offer *offer);
// The rest answers false when the log could not be written.
bool updraft_journal_begin(struct updraft_journal *journal,
                           const struct updraft_offer *offer); // staging now belongs to this file
bool updraft_journal_mark(struct updraft_journal *journal, uint32_t staged);
// The begun block's proven bytes stand in the spare block too, so that the block may be erased.
bool updraft_journal_kept(const struct updraft_journal *journal);
bool updraft_journal_keep(struct updraft_journal *journal, bool kept);
// What was staged is not what was offered: nothing counts as staged. *times: how often that has happened to this file.
bool updraft_journal_wrong(struct updraft_journal *journal, uint32_t *times);

// The agent itself refuses the image; kept as the outcome until it is reported.
bool updraft_journal_refuse(struct updraft_journal *journal, const uint8_t digest[32], enum updraft_reason reason);
// An image that was refused or taken back is not tried again; one such digest is remembered, the last one.
bool updraft_journal_given_up(const struct updraft_journal *journal, const uint8_t digest[32]);
// The outcome of the last update, if the server has not acknowledged it.
const struct updraft_outcome *updraft_journal_outcome(const struct updraft_journal *journal);
bool updraft_journal_outcome_reported(struct updraft_journal *journal);

#endif
