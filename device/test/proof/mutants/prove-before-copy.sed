# boot/swap.c: a step is recorded as proven before it is copied
s/uint16_t step = state->units_done \/ 2;/uint16_t step = state->units_done \/ 2; state->units_done++; (void)updraft_boot_state_append(\&boot->log); state->units_done--;/
