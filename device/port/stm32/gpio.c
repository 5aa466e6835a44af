#include "stm32/gpio.h"

void gpio_mode(struct gpio *port, uint32_t pin, uint32_t mode) {
    port->moder = (port->moder & ~(3U << 2 * pin)) | mode << 2 * pin;
}

void gpio_alternate(struct gpio *port, uint32_t first, uint32_t last, uint32_t af) {
    for (uint32_t pin = first; pin <= last; pin++) {
        uint32_t shift = 4 * (pin % 8);
        port->afr[pin / 8] = (port->afr[pin / 8] & ~(15U << shift)) | af << shift;
        gpio_mode(port, pin, GPIO_ALTERNATE);
    }
}
