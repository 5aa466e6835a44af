# boot/decide.c: an old image that came back is not started where that cannot be recorded (T8)
s/if \(findings->slot == BOOT_SLOT_RUNNING \&\& findings->unwritable\)(.*)$/if (0)\1/
