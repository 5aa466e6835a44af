# boot/check.c: no signature is checked
s/return boot_is_signature\(.*\) == 1;/return true;/
