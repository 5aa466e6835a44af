# core/boot_state.c: the last record found wins, not the newest
s/ && record\.sequence >= log->sequence//
