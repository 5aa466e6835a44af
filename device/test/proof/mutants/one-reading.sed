# boot/find.c: one reading makes a verdict (T6, T9)
s/READINGS_MOST = 3/READINGS_MOST = 1/; s/return agree \&\& !no_answer.*/return BOOT_BAD;/; s/return agree \|\| place == BOOT_IN_SLOT \? BOOT_BAD : BOOT_SILENT;/return BOOT_BAD;/
