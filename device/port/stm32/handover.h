// What the bootloader used is put back as a reset leaves it, before an image starts.
#ifndef UPDRAFT_STM32_HANDOVER_H
#define UPDRAFT_STM32_HANDOVER_H

#include "registers.h"
#include "updraft_board.h"

static inline void reset_used_peripherals(void) {
    reset_gpio(UPDRAFT_BOARD_GPIOS);
#ifdef UPDRAFT_BOARD_CONSOLE
    reset_peripheral(UPDRAFT_BOARD_CONSOLE_GATES);
#endif
#ifdef UPDRAFT_BOARD_MEDIA
    reset_peripheral(UPDRAFT_BOARD_MEDIA_GATES);
#endif
}

#endif
