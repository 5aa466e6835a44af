# boot/decide.c: the fallback is not read before the slot is erased for it (T5)
s/if \(findings->fallback == BOOT_UNREAD\)$/if (0)/; s/if \(findings->fallback == BOOT_GOOD\)$/if (findings->fallback != BOOT_BAD)/
