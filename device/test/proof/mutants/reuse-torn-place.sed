# core/boot_state.c: the next record goes right behind the last valid one
s/free_from = offset \+ PLACE;/if (readable \&\& valid(\&record)) free_from = offset + PLACE;/
