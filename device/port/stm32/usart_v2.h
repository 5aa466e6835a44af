// USART of all STM32 families since the F0, F3 and F7; here read for the L4 (RM0351 40.8) and the H7 (RM0433 48.7),
// whose FIFOs stay off.
#ifndef UPDRAFT_STM32_USART_V2_H
#define UPDRAFT_STM32_USART_V2_H

#include <stdbool.h>
#include <stdint.h>

struct usart {
    volatile uint32_t cr1, cr2, cr3, brr, gtpr, rtor, rqr, isr, icr, rdr, tdr;
};

enum {
    USART_CR1_UE = 1 << 0,
    USART_CR1_RE = 1 << 2,
    USART_CR1_TE = 1 << 3,
    USART_CR1_RXNEIE = 1 << 5,
    USART_CR3_HANDSHAKE = 3 << 8, // RTSE, CTSE
    USART_CR3_OVRDIS = 1 << 12,   // else a byte that came too soon stops the receiver
    USART_ISR_RXNE = 1 << 5,
    USART_ISR_TC = 1 << 6,
    USART_ISR_TXE = 1 << 7,
};

// Of the baud rate register; `factor` is 256 for an LPUART, which divides finer, and 1 for all others.
static inline uint32_t usart_divider(uint32_t hz, uint32_t baud, uint32_t factor) {
    return (uint32_t)(((uint64_t)hz * factor + baud / 2) / baud);
}

static inline void usart_start(struct usart *usart, uint32_t divider, bool handshake) {
    usart->brr = divider;
    usart->cr3 = USART_CR3_OVRDIS | (handshake ? USART_CR3_HANDSHAKE : 0);
    usart->cr1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
}

static inline bool usart_has_byte(const struct usart *usart) {
    return (usart->isr & USART_ISR_RXNE) != 0;
}

static inline uint8_t usart_take(const struct usart *usart) {
    return (uint8_t)usart->rdr;
}

static inline bool usart_has_room(const struct usart *usart) {
    return (usart->isr & USART_ISR_TXE) != 0;
}

static inline void usart_put(struct usart *usart, uint8_t byte) {
    while (!usart_has_room(usart)) {
    }
    usart->tdr = byte;
}

// Waits until the last bit is out.
static inline void usart_flush(const struct usart *usart) {
    while (!(usart->isr & USART_ISR_TC)) {
    }
}

#endif
