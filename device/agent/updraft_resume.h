// Where a file that was begun before a power cut can be continued, and when to write down how far it is.
#ifndef UPDRAFT_RESUME_H
#define UPDRAFT_RESUME_H

#include "updraft_journal.h"
#include "updraft_staging.h"

// How many bytes of the file are staged and can be built upon, the block that was begun made fit to be continued: it
// may be erased up to twice. 0: begin anew.
uint32_t updraft_resume(struct updraft_journal *journal, const struct updraft_staging *staging,
                        const struct updraft_file *file);

// Whether `at` bytes are worth a mark, when the last one was at `marked`.
bool updraft_resume_mark_is_due(const struct updraft_staging *staging, uint32_t at, uint32_t marked, uint32_t size);

#endif
