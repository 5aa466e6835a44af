# boot/find.c: a unit of the slot that was never proven is skipped because it reads equal
s/if \(!runs \|\| !state->slot_whole\)/if (!runs)/
