// The UART of the Wi-Fi module, received by interrupt; a board without one builds nothing of it.
//
// While the flash bank that code runs from erases, the processor stands still for up to 2 s. RTS then holds the module
// off after the one byte that the receiver takes (RM0090 30.3.14, RM0351 40.5.16, RM0433 48.5.18), so nothing is lost.
#include <stdbool.h>

#include "cortex_m.h"
#include "port.h"
#include "registers.h"
#include "updraft_board.h"

#ifdef UPDRAFT_BOARD_WIFI

enum {
    RING = 1024, // a power of two
    WRITE_MAX_MS = 5000,
};

static struct {
    volatile uint16_t head, tail; // written by the interrupt, read by the application
    uint8_t bytes[RING];
} ring;

void updraft_wifi_handler(void);

void updraft_port_wifi_start(uint32_t baud) {
    clock_gpio(UPDRAFT_BOARD_GPIOS);
    clock_peripheral(UPDRAFT_BOARD_WIFI_GATES);
    UPDRAFT_BOARD_WIFI_PINS(gpio_alternate);
    usart_start(UPDRAFT_BOARD_WIFI, usart_divider(UPDRAFT_BOARD_WIFI_HZ, baud, UPDRAFT_BOARD_WIFI_BAUD_FACTOR),
                UPDRAFT_BOARD_WIFI_HANDSHAKE);
    UPDRAFT_BOARD_WIFI->cr1 |= USART_CR1_RXNEIE;
    NVIC_ISER(UPDRAFT_BOARD_WIFI_IRQ / 32) = 1U << UPDRAFT_BOARD_WIFI_IRQ % 32;
}

static bool full(void) {
    return (uint16_t)(ring.head - ring.tail) == RING;
}

// A full ring leaves the byte in the receiver and masks its interrupt: RTS stays high until the application has read.
void updraft_wifi_handler(void) {
    while (usart_has_byte(UPDRAFT_BOARD_WIFI)) {
        if (full()) {
            UPDRAFT_BOARD_WIFI->cr1 &= ~(uint32_t)USART_CR1_RXNEIE;
            return;
        }
        ring.bytes[ring.head % RING] = usart_take(UPDRAFT_BOARD_WIFI);
        ring.head++;
    }
}

size_t updraft_port_wifi_read(uint8_t *data, size_t size) {
    size_t count = 0;
    while (count < size && ring.tail != ring.head) {
        data[count++] = ring.bytes[ring.tail % RING];
        ring.tail++;
    }
    UPDRAFT_BOARD_WIFI->cr1 |= USART_CR1_RXNEIE;
    return count;
}

void updraft_port_wifi_write(const uint8_t *data, size_t length) {
    uint32_t start = updraft_port_millis();
    for (size_t i = 0; i < length; i++) {
        while (!usart_has_room(UPDRAFT_BOARD_WIFI)) {
            if (updraft_port_millis() - start > WRITE_MAX_MS)
                return; // the module holds CTS for good: its silence tells
        }
        usart_put(UPDRAFT_BOARD_WIFI, data[i]);
    }
}
#endif
