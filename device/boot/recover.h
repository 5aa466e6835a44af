// Recovery: the bootloader takes in an image by itself, from an SD card or over the console's UART by SMP.
#ifndef UPDRAFT_BOOT_RECOVER_H
#define UPDRAFT_BOOT_RECOVER_H

#include "boot.h"

// Takes the image that waits on a card or in the external flash, if one verifies; else serves SMP, the watchdog fed,
// until a client asks for a reset or nobody asks for anything for three minutes. An upload goes into staging; once it
// verifies, the boot state asks for its installation, which the next start does. Returns when there is something to
// decide again.
void boot_recover(struct boot *boot);

#endif
