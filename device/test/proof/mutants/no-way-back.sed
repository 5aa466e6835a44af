# boot/boot.c: going back thinks that its steps are done already
/state->phase = UPDRAFT_PHASE_REVERTING;/,/^}/{s/state->units_done = 0;//}
