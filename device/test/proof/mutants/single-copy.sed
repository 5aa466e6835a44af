# core/boot_state.c: the first record after power-up is written once
s/log->durable \? 1 : UPDRAFT_STATE_COPIES/1/
