# boot/find.c: the copy of the old image outside the chip is relied upon without looking whose it is
s/copy == BOOT_GOOD \&\& updraft_digest_equal\(boot->image.digest, boot->log.state.running\)/copy != BOOT_SILENT/
