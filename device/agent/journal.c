#include "updraft_journal.h"

#include "updraft_image.h"

#include <string.h>

// The boot state's `download` is the agent's own. While a file is being fetched, `kind` holds the offer's kind in its
// low bits, and whether the begun block was kept. With size 0 it names in `sha256` the image digest that was given up.
enum { KIND_MASK = 0x7F, KIND_KEPT = 0x80, KIND_GIVEN_UP = 0xFFFF };

static enum updraft_status read_running(void *context, uint32_t offset, void *data, uint32_t length) {
    const struct updraft_layout *layout = context;
    return updraft_area_read(&layout->running, offset, data, length);
}

static char *write_number(char *text, uint32_t value) {
    char digits[10];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0) {
        *text++ = digits[--count];
    }
    return text;
}

static void write_version(char *text, const struct updraft_version *version) {
    text = write_number(text, version->major);
    *text++ = '.';
    text = write_number(text, version->minor);
    *text++ = '.';
    text = write_number(text, version->revision);
    if (version->build != 0) {
        *text++ = '+';
        text = write_number(text, version->build);
    }
    *text = '\0';
}

bool updraft_journal_open(struct updraft_journal *journal, const struct updraft_layout *layout) {
    struct updraft_reader reader = {
        .context = (void *)(uintptr_t)layout, .read = read_running, .size = layout->running.size};
    struct updraft_image image;
    memset(journal, 0, sizeof *journal);
    if (updraft_boot_state_open(&journal->log, layout) != UPDRAFT_OK ||
        updraft_image_open(&image, &reader) != UPDRAFT_OK ||
        updraft_image_tlv(&reader, &image.digest, journal->running, sizeof journal->running) != UPDRAFT_OK) {
        return false;
    }
    write_version(journal->version, &image.version);
    return true;
}

static bool append(struct updraft_journal *journal, const struct updraft_state_record *before) {
    if (updraft_boot_state_append(&journal->log) == UPDRAFT_OK) {
        return true;
    }
    journal->log.state = *before;
    return false;
}

bool updraft_journal_on_trial(const struct updraft_journal *journal) {
    return journal->log.state.phase == UPDRAFT_PHASE_TRIAL;
}

uint32_t updraft_journal_staged(const struct updraft_journal *journal, const struct updraft_file *file) {
    const struct updraft_download *download = &journal->log.state.download;
    bool same = download->size == file->size && memcmp(download->sha256, file->sha256, 32) == 0;
    return same && download->received <= file->size ? download->received : 0;
}

bool updraft_journal_may_begin(const struct updraft_journal *journal) {
    return journal->log.state.download.begun < UPDRAFT_JOURNAL_FILES;
}

bool updraft_journal_pay_back(struct updraft_journal *journal) {
    struct updraft_state_record before = journal->log.state;
    struct updraft_download *download = &journal->log.state.download;
    if (download->begun == 0) {
        return true;
    }
    download->begun--;
    download->starts = 0;
    return append(journal, &before);
}

bool updraft_journal_count_start(struct updraft_journal *journal) {
    struct updraft_state_record before = journal->log.state;
    if (journal->log.state.download.starts + 1 >= UPDRAFT_JOURNAL_STARTS) {
        return updraft_journal_pay_back(journal);
    }
    journal->log.state.download.starts++;
    return append(journal, &before);
}

bool updraft_journal_begin(struct updraft_journal *journal, const struct updraft_file *file) {
    if (updraft_boot_state_claim_staging(&journal->log) != UPDRAFT_OK) {
        return false;
    }
    struct updraft_state_record before = journal->log.state;
    struct updraft_download *download = &journal->log.state.download;
    download->begun += download->begun < UINT8_MAX ? 1 : 0;
    download->kind = file->kind & KIND_MASK;
    download->size = file->size;
    download->received = 0;
    memcpy(download->sha256, file->sha256, 32);
    return append(journal, &before);
}

bool updraft_journal_mark(struct updraft_journal *journal, uint32_t staged) {
    struct updraft_state_record before = journal->log.state;
    journal->log.state.download.received = staged;
    return append(journal, &before);
}

bool updraft_journal_kept(const struct updraft_journal *journal) {
    return (journal->log.state.download.kind & KIND_KEPT) != 0;
}

bool updraft_journal_keep(struct updraft_journal *journal, bool kept) {
    struct updraft_state_record before = journal->log.state;
    uint16_t kind = before.download.kind & (uint16_t)~KIND_KEPT;
    journal->log.state.download.kind = kept ? kind | KIND_KEPT : kind;
    return append(journal, &before);
}

bool updraft_journal_drop(struct updraft_journal *journal) {
    struct updraft_state_record before = journal->log.state;
    if (before.download.size == 0) {
        return true;
    }
    updraft_download_forget(&journal->log.state.download);
    return append(journal, &before);
}

bool updraft_journal_refuse(struct updraft_journal *journal, const uint8_t digest[32], enum updraft_reason reason) {
    struct updraft_state_record before = journal->log.state;
    struct updraft_outcome *outcome = &journal->log.state.outcome;
    memset(outcome, 0, sizeof *outcome);
    outcome->kind = UPDRAFT_OUTCOME_REFUSED;
    outcome->reason = (uint8_t)reason;
    memcpy(outcome->digest, digest, sizeof outcome->digest);
    updraft_download_forget(&journal->log.state.download);
    return append(journal, &before);
}

bool updraft_journal_is_final(uint8_t reason) {
    switch (reason) {
    case UPDRAFT_REASON_SIGNATURE:
    case UPDRAFT_REASON_DIGEST:
    case UPDRAFT_REASON_MALFORMED:
    case UPDRAFT_REASON_BOARD:
    case UPDRAFT_REASON_COUNTER:
    case UPDRAFT_REASON_DEPENDENCY:
    case UPDRAFT_REASON_TOO_LARGE:
    case UPDRAFT_REASON_NOT_CONFIRMED:
    case UPDRAFT_REASON_SELF_TEST:
    case UPDRAFT_REASON_WATCHDOG: return true;
    default: return false;
    }
}

bool updraft_journal_given_up(const struct updraft_journal *journal, const uint8_t digest[32]) {
    const struct updraft_download *download = &journal->log.state.download;
    const struct updraft_outcome *outcome = updraft_journal_outcome(journal);
    bool reported = download->size == 0 && download->kind == KIND_GIVEN_UP && memcmp(download->sha256, digest, 32) == 0;
    return reported || (outcome != NULL && outcome->kind != UPDRAFT_OUTCOME_CONFIRMED &&
                        updraft_journal_is_final(outcome->reason) && memcmp(outcome->digest, digest, 32) == 0);
}

bool updraft_journal_try_again(struct updraft_journal *journal) {
    struct updraft_state_record before = journal->log.state;
    updraft_download_forget(&journal->log.state.download);
    return append(journal, &before);
}

const struct updraft_outcome *updraft_journal_outcome(const struct updraft_journal *journal) {
    const struct updraft_outcome *outcome = &journal->log.state.outcome;
    return outcome->kind != UPDRAFT_OUTCOME_NONE ? outcome : NULL;
}

// An image that was not installed for a reason of the moment will be tried again: to the server that is a failure on
// the way.
static enum updraft_report_event event_of(const struct updraft_outcome *outcome) {
    bool refused = outcome->kind == UPDRAFT_OUTCOME_REFUSED;
    return refused && !updraft_journal_is_final(outcome->reason) ? UPDRAFT_REPORT_FAILED
                                                                 : (enum updraft_report_event)outcome->kind;
}

bool updraft_journal_report(const struct updraft_journal *journal, struct updraft_outcome_report *outcome) {
    const struct updraft_outcome *last = updraft_journal_outcome(journal);
    if (last == NULL) {
        return false;
    }
    strcpy(outcome->sector, "sector at 0x00000000");
    for (size_t at = sizeof outcome->sector - 2, shift = 0; shift < 32; at--, shift += 4) {
        outcome->sector[at] = "0123456789abcdef"[last->address >> shift & 0xF];
    }
    outcome->report = (struct updraft_report){.seq = journal->log.sequence,
                                              .event = event_of(last),
                                              .digest = last->digest,
                                              .reason = updraft_reason_name(last->reason),
                                              .detail = last->reason == UPDRAFT_REASON_FLASH ? outcome->sector : NULL};
    return true;
}

bool updraft_journal_outcome_reported(struct updraft_journal *journal) {
    struct updraft_state_record before = journal->log.state;
    struct updraft_state_record *state = &journal->log.state;
    if (state->outcome.kind != UPDRAFT_OUTCOME_CONFIRMED && updraft_journal_is_final(state->outcome.reason) &&
        state->download.size == 0) { // else another file is being fetched already
        state->download.kind = KIND_GIVEN_UP;
        memcpy(state->download.sha256, state->outcome.digest, sizeof state->download.sha256);
    }
    memset(&state->outcome, 0, sizeof state->outcome);
    return append(journal, &before);
}
