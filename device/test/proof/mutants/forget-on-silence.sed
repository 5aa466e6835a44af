# boot/decide.c: a fallback that is silent is forgotten (T1, T4)
s/findings->fallback == BOOT_BAD \&\& state->fallback == UPDRAFT_SOURCE_STAGING/findings->fallback != BOOT_GOOD/
