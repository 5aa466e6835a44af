# core/boot_state.c: the last record found wins, not the newest
s/ && is_newer\(record\.sequence, log->sequence\)//
