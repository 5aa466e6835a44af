# core/metadata_log.c: the last record found wins, not the newest
s/ && record\.sequence >= log->sequence//
