// USART2 to the Wi-Fi module: PA0 CTS, PA1 RTS, PA2 TX, PA3 RX (alternate function 7), received by interrupt.
//
// While the bank that code runs from erases, the processor stands still for up to 25 ms. RTS then holds the module off
// after the one byte that the receiver takes (RM0351 40.5.16), so nothing is lost.
#include <stdbool.h>

#include "cortex_m.h"
#include "port.h"
#include "registers.h"

enum { APB1_HZ = 80000000, RING = 1024 }; // a power of two

static struct {
    volatile uint16_t head, tail; // written by the interrupt, read by the application
    uint8_t bytes[RING];
} ring;

void updraft_wifi_handler(void);

void updraft_port_wifi_start(uint32_t baud) {
    RCC_AHB2ENR |= RCC_AHB2ENR_GPIOA;
    RCC_APB1ENR1 |= RCC_APB1ENR1_USART2;
    GPIOA_AFRL = (GPIOA_AFRL & ~0xffffU) | 0x7777;
    GPIOA_MODER = (GPIOA_MODER & ~0xffU) | 0xaa;
    USART2->brr = (APB1_HZ + baud / 2) / baud;
    USART2->cr3 = USART_CR3_RTSE | USART_CR3_CTSE | USART_CR3_OVRDIS;
    USART2->cr1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE | USART_CR1_RXNEIE;
    NVIC_ISER(USART2_IRQ / 32) = 1U << USART2_IRQ % 32;
}

static bool full(void) {
    return (uint16_t)(ring.head - ring.tail) == RING;
}

// A full ring leaves the byte in the receiver and masks its interrupt: RTS stays high until the application has read.
void updraft_wifi_handler(void) {
    while (USART2->isr & USART_ISR_RXNE) {
        if (full()) {
            USART2->cr1 &= ~(uint32_t)USART_CR1_RXNEIE;
            return;
        }
        ring.bytes[ring.head % RING] = (uint8_t)USART2->rdr;
        ring.head++;
    }
}

size_t updraft_port_wifi_read(uint8_t *data, size_t size) {
    size_t count = 0;
    while (count < size && ring.tail != ring.head) {
        data[count++] = ring.bytes[ring.tail % RING];
        ring.tail++;
    }
    USART2->cr1 |= USART_CR1_RXNEIE;
    return count;
}

void updraft_port_wifi_write(const uint8_t *data, size_t length) {
    for (size_t i = 0; i < length; i++) {
        while (!(USART2->isr & USART_ISR_TXE)) {
        }
        USART2->tdr = data[i];
    }
}
