// Recovery: the bootloader takes in an image by itself, from an SD card or over the console's UART by SMP.
#ifndef UPDRAFT_BOOT_RECOVER_H
#define UPDRAFT_BOOT_RECOVER_H

#include "boot.h"

// Tries the card once; then serves SMP, the watchdog fed, until a client asks for a reset. An upload goes into staging;
// once it verifies, the log asks for its installation, which the next start does. Returns only when the card's image is
// to be installed.
void boot_recover(struct boot *boot);

#endif
