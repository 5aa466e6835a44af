// USART of the STM32F2 and F4 (RM0090 30.6).
#ifndef UPDRAFT_STM32_USART_V1_H
#define UPDRAFT_STM32_USART_V1_H

#include <stdbool.h>
#include <stdint.h>

struct usart {
    volatile uint32_t sr, dr, brr, cr1, cr2, cr3;
};

enum {
    USART_SR_RXNE = 1 << 5,
    USART_SR_TC = 1 << 6,
    USART_SR_TXE = 1 << 7,
    USART_CR1_RE = 1 << 2,
    USART_CR1_TE = 1 << 3,
    USART_CR1_RXNEIE = 1 << 5,
    USART_CR1_UE = 1 << 13,
    USART_CR3_HANDSHAKE = 3 << 8, // RTSE, CTSE
};

// Of the baud rate register; `factor` is 256 for an LPUART, which divides finer, and 1 for all others.
static inline uint32_t usart_divider(uint32_t hz, uint32_t baud, uint32_t factor) {
    return (uint32_t)(((uint64_t)hz * factor + baud / 2) / baud);
}

static inline void usart_start(struct usart *usart, uint32_t divider, bool handshake) {
    usart->brr = divider;
    usart->cr3 = handshake ? USART_CR3_HANDSHAKE : 0;
    usart->cr1 = USART_CR1_UE | USART_CR1_TE | USART_CR1_RE;
}

static inline bool usart_has_byte(const struct usart *usart) {
    return (usart->sr & USART_SR_RXNE) != 0;
}

static inline uint8_t usart_take(const struct usart *usart) {
    return (uint8_t)usart->dr;
}

static inline bool usart_has_room(const struct usart *usart) {
    return (usart->sr & USART_SR_TXE) != 0;
}

static inline void usart_put(struct usart *usart, uint8_t byte) {
    while (!usart_has_room(usart)) {
    }
    usart->dr = byte;
}

// Waits until the last bit is out.
static inline void usart_flush(const struct usart *usart) {
    while (!(usart->sr & USART_SR_TC)) {
    }
}

#endif
