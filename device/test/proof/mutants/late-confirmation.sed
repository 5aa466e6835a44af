# core/state_changes.c: a confirmation is not written
/outcome\.kind = UPDRAFT_OUTCOME_CONFIRMED;/,/^}/{s/return append_or_keep\(log, &before\);/(void)append_or_keep; return UPDRAFT_OK;/}
