# boot/decide.c: what failed its trial is accepted when the fallback does not answer (T1)
s/\? BOOT_START : BOOT_START_UNCONFIRMED;/? BOOT_START : BOOT_ACCEPT;/
