# core/metadata_log.c: the first record after power-up is written once
s/log->settled \? 1 : UPDRAFT_LOG_COPIES/1/
