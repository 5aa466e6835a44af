// What the agent must remember across power loss, in the words of core's boot state: what runs, how far a download is
// proven, what was given up, what the server has not been told yet.
#ifndef UPDRAFT_AGENT_JOURNAL_H
#define UPDRAFT_AGENT_JOURNAL_H

#include "protocol.h"
#include "updraft_boot_state.h"

struct journal {
    struct updraft_boot_state log;
    uint8_t running[32]; // digest of the image that runs
    char version[PROTOCOL_VERSION_MAX + 1];
};

// False when the running slot holds no image: the application was not started by the bootloader.
bool journal_open(struct journal *journal, const struct updraft_layout *layout);

bool journal_on_trial(const struct journal *journal);

// Bytes of the offered file that are staged and proven; 0 when another file (or none) was begun.
uint32_t journal_staged(const struct journal *journal, const struct offer *offer);
// The rest answers false when the log could not be written.
bool journal_begin(struct journal *journal, const struct offer *offer); // staging now belongs to this file
bool journal_mark(struct journal *journal, uint32_t staged);
// The begun block's proven bytes stand in the spare block too, so that the block may be erased.
bool journal_kept(const struct journal *journal);
bool journal_keep(struct journal *journal, bool kept);
// What was staged is not what was offered: nothing counts as staged. *times: how often that has happened to this file.
bool journal_wrong(struct journal *journal, uint32_t *times);

// The agent itself refuses the image; kept as the outcome until it is reported.
bool journal_refuse(struct journal *journal, const uint8_t digest[32], enum updraft_reason reason);
// An image that was refused or taken back is not tried again; one such digest is remembered, the last one.
bool journal_given_up(const struct journal *journal, const uint8_t digest[32]);
// The outcome of the last update, if the server has not acknowledged it.
const struct updraft_outcome *journal_outcome(const struct journal *journal);
bool journal_outcome_reported(struct journal *journal);

#endif
