// Independent watchdog, alike on all STM32 (RM0090 21.4, RM0351 36.4, RM0433 46.4).
#ifndef UPDRAFT_STM32_IWDG_H
#define UPDRAFT_STM32_IWDG_H

#include <stdint.h>

struct iwdg {
    volatile uint32_t kr, pr, rlr, sr;
};

#endif
