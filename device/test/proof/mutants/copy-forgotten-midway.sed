# boot/view.c: going back looks in staging although the copy outside the chip was chosen
s/BOOT_HAS_MEDIA \&\& state->fallback/BOOT_HAS_MEDIA \&\& state->phase != UPDRAFT_PHASE_REVERTING \&\& state->fallback/
