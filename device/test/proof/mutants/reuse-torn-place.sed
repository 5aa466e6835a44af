# core/boot_state.c: the next record goes right behind the last valid one
s/if \(place != BLANK\)/if (place == VALID)/
