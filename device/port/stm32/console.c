// Console, polled, on the UART and pins of the board.
#include "port.h"
#include "registers.h"
#include "updraft_board.h"

#ifdef UPDRAFT_BOARD_CONSOLE
enum { BAUD = 115200 };

void updraft_port_console_start(void) {
    clock_gpio(UPDRAFT_BOARD_GPIOS);
    clock_peripheral(UPDRAFT_BOARD_CONSOLE_GATES);
    UPDRAFT_BOARD_CONSOLE_PINS(gpio_alternate);
    usart_start(UPDRAFT_BOARD_CONSOLE, usart_divider(UPDRAFT_BOARD_CONSOLE_HZ, BAUD, UPDRAFT_BOARD_CONSOLE_BAUD_FACTOR),
                false);
}

void updraft_port_console_write(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++)
        usart_put(UPDRAFT_BOARD_CONSOLE, (uint8_t)text[i]);
    usart_flush(UPDRAFT_BOARD_CONSOLE);
}

int updraft_port_console_read(void) {
    return usart_has_byte(UPDRAFT_BOARD_CONSOLE) ? usart_take(UPDRAFT_BOARD_CONSOLE) : -1;
}
#else
// A board without one: nothing is said, and nothing comes in.
void updraft_port_console_start(void) {}

void updraft_port_console_write(const char *text, size_t length) {
    (void)text;
    (void)length;
}

int updraft_port_console_read(void) {
    return -1;
}
#endif
