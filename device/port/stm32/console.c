// Console on USART1, PA9 and PA10, polled.
#include "port.h"
#include "registers.h"

enum { BAUD = 115200 };

void updraft_port_console_start(void) {
    clock_gpioa();
    clock_usart1();
    gpio_alternate(GPIOA, 9, 10, 7);
    usart_start(USART1, (USART1_HZ + BAUD / 2) / BAUD, false);
}

void updraft_port_console_write(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        usart_put(USART1, (uint8_t)text[i]);
    usart_flush(USART1);
}

int updraft_port_console_read(void) {
    return usart_has_byte(USART1) ? usart_take(USART1) : -1;
}
