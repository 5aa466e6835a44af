// GPIO port, alike on the F4, L4 and H7 (RM0090 8.4, RM0351 8.4, RM0433 11.4).
#ifndef UPDRAFT_STM32_GPIO_H
#define UPDRAFT_STM32_GPIO_H

#include <stdbool.h>
#include <stdint.h>

struct gpio {
    volatile uint32_t moder, otyper, ospeedr, pupdr, idr, odr, bsrr, lckr, afr[2];
};

#define GPIO_PORT(number) ((struct gpio *)(GPIO_BASE + 0x400 * (number)))
#define GPIOA GPIO_PORT(0)
#define GPIOB GPIO_PORT(1)
#define GPIOC GPIO_PORT(2)
#define GPIOD GPIO_PORT(3)
#define GPIOE GPIO_PORT(4)
#define GPIOF GPIO_PORT(5)
#define GPIOG GPIO_PORT(6)
#define GPIOH GPIO_PORT(7)
#define GPIOI GPIO_PORT(8)
#define GPIOJ GPIO_PORT(9)
#define GPIOK GPIO_PORT(10)

enum { GPIO_OUTPUT = 1, GPIO_ALTERNATE = 2 };

static inline void gpio_output(struct gpio *port, uint32_t pin) {
    port->moder = (port->moder & ~(3U << 2 * pin)) | GPIO_OUTPUT << 2 * pin;
}

// Gives the pins from `first` to `last`, both below 8 or both from 8 on, to the peripheral behind alternate function
// `af`. With constants, which it is meant for, all but the two accesses are worked out by the compiler.
static inline void gpio_alternate(struct gpio *port, uint32_t first, uint32_t last, uint32_t af) {
    uint32_t pins = last - first + 1, each = 0x11111111U >> 4 * (8 - pins) << 4 * (first % 8);
    port->afr[first / 8] = (port->afr[first / 8] & ~(15 * each)) | af * each;
    each = 0x55555555U >> 2 * (16 - pins) << 2 * first;
    port->moder = (port->moder & ~(3 * each)) | GPIO_ALTERNATE * each;
}

static inline void gpio_set(struct gpio *port, uint32_t pin, bool high) {
    port->bsrr = 1U << (high ? pin : pin + 16);
}

#endif
