// GPIO port, alike on the F4, L4 and H7 (RM0090 8.4, RM0351 8.4, RM0433 11.4).
#ifndef UPDRAFT_STM32_GPIO_H
#define UPDRAFT_STM32_GPIO_H

#include <stdbool.h>
#include <stdint.h>

struct gpio {
    volatile uint32_t moder, otyper, ospeedr, pupdr, idr, odr, bsrr, lckr, afr[2];
};

enum { GPIO_OUTPUT = 1, GPIO_ALTERNATE = 2 };

void gpio_mode(struct gpio *port, uint32_t pin, uint32_t mode);

// Gives the pins from `first` to `last` to the peripheral behind alternate function `af`.
void gpio_alternate(struct gpio *port, uint32_t first, uint32_t last, uint32_t af);

static inline void gpio_set(struct gpio *port, uint32_t pin, bool high) {
    port->bsrr = 1U << (high ? pin : pin + 16);
}

#endif
