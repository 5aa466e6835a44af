# boot/swap.c: the unit under way is taken for untouched where the old one is kept outside (T20, T21)
s/return UPDRAFT_UNITS_MOST;/return (uint16_t)((state->units_done + 1) \/ 2);/
