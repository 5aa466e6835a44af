# boot/walk.c: a step is recorded as proven before it is copied
s/uint16_t step = state->steps_done \/ 2;/uint16_t step = state->steps_done \/ 2; state->steps_done++; (void)updraft_log_append(\&boot->log); state->steps_done--;/
