# boot/verify.c: no signature is checked
s/status = boot_check_signature\(.*\);/status = UPDRAFT_OK;/
