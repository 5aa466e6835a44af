# boot/decide.c: going back ends as soon as the slot reads right, recorded or not
s/findings->slot == BOOT_SLOT_RUNNING \&\& state->units_done >= state->units_old/findings->slot == BOOT_SLOT_RUNNING/
