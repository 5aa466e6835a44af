// Clock and reset of peripherals in RCC, alike on all families but for the registers. The family's registers.h sets
// which they are, and for each peripheral NAME_GATES: its bits in the enable registers RCC_ENABLE_1 to 3, which are
// those of the reset registers RCC_RESET_1 to 3.
#ifndef UPDRAFT_STM32_GATES_H
#define UPDRAFT_STM32_GATES_H

#include <stdint.h>

// Bit n is for the port with letter n.
static inline void clock_gpio(uint32_t ports) {
    RCC_ENABLE_GPIO |= ports;
}

// With constants, which it is meant for, only one access is left.
static inline void clock_peripheral(uint32_t first, uint32_t second, uint32_t third) {
    if (first)
        RCC_ENABLE_1 |= first;
    if (second)
        RCC_ENABLE_2 |= second;
    if (third)
        RCC_ENABLE_3 |= third;
}

static inline void reset_gpio(uint32_t ports) {
    RCC_RESET_GPIO = ports;
    RCC_RESET_GPIO = 0;
}

static inline void reset_peripheral(uint32_t first, uint32_t second, uint32_t third) {
    if (first) {
        RCC_RESET_1 = first;
        RCC_RESET_1 = 0;
    }
    if (second) {
        RCC_RESET_2 = second;
        RCC_RESET_2 = 0;
    }
    if (third) {
        RCC_RESET_3 = third;
        RCC_RESET_3 = 0;
    }
}

#endif
