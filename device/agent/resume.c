#include "updraft_resume.h"

enum { MARK_INTERVAL = 8 * 1024 }; // bytes between two marks, at least: what a power cut costs at most

// Makes the block that was begun, and of which `proven` bytes count, fit to be continued: what stands behind them
// cannot be told, so they are copied aside, the block is erased, and they are copied back. The log says in between that
// they stand aside.
static bool renew_block(struct updraft_journal *journal, const struct updraft_staging *staging, uint32_t start,
                        uint32_t proven) {
    if (!updraft_journal_kept(journal)) {
        if (updraft_boot_state_make_durable(&journal->log) != UPDRAFT_OK ||
            !staging->keep(staging->context, start, proven) || !updraft_journal_keep(journal, true)) {
            return false;
        }
    }
    return staging->put_back(staging->context, start, proven) && updraft_journal_keep(journal, false);
}

uint32_t updraft_resume(struct updraft_journal *journal, const struct updraft_staging *staging,
                        const struct updraft_file *file) {
    uint32_t staged = updraft_journal_staged(journal, file), start, length;
    if (staged == 0 || staged == file->size) {
        return staged;
    }
    if (!staging->block(staging->context, staged, &start, &length)) {
        return 0;
    }
    if (staged == start || staging->keep == NULL) {
        return start;
    }
    return renew_block(journal, staging, start, staged - start) ? staged : 0;
}

// Where a begun block cannot be copied aside, only its end is a useful mark.
bool updraft_resume_mark_is_due(const struct updraft_staging *staging, uint32_t at, uint32_t marked, uint32_t size) {
    uint32_t start, length;
    return at == size ||
           (at - marked >= MARK_INTERVAL &&
            (staging->keep != NULL || (staging->block(staging->context, at, &start, &length) && start == at)));
}
