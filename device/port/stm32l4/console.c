// Console on USART1, PA9 and PA10 (alternate function 7), polled.
#include "port.h"
#include "registers.h"

enum { APB2_HZ = 80000000, BAUD = 115200 };

void updraft_port_console_start(void) {
    RCC_AHB2ENR |= RCC_AHB2ENR_GPIOA;
    RCC_APB2ENR |= RCC_APB2ENR_USART1;
    GPIOA_AFRH = (GPIOA_AFRH & ~0xff0U) | 0x770;
    GPIOA_MODER = (GPIOA_MODER & ~(0xfU << 18)) | 0xaU << 18;
    USART1->brr = (APB2_HZ + BAUD / 2) / BAUD;
    USART1->cr3 = USART_CR3_OVRDIS;
    USART1->cr1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
}

void updraft_port_console_write(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        while (!(USART1->isr & USART_ISR_TXE)) {
        }
        USART1->tdr = (uint8_t)text[i];
    }
    while (!(USART1->isr & USART_ISR_TC)) {
    }
}

int updraft_port_console_read(void) {
    return USART1->isr & USART_ISR_RXNE ? (int)(USART1->rdr & 0xff) : -1;
}
