// SPI without FIFO (F4: RM0090 28.5) and with one (L4: RM0351 42.6). The family's registers.h sets SPI_HAS_FIFO before.
#ifndef UPDRAFT_STM32_SPI_V1_H
#define UPDRAFT_STM32_SPI_V1_H

#include <stdint.h>

struct spi {
    volatile uint32_t cr1, cr2, sr, dr;
};

enum {
    SPI_CR1_MSTR = 1 << 2,
    SPI_CR1_BR_POSITION = 3,
    SPI_CR1_SPE = 1 << 6,
    SPI_CR1_SSI = 1 << 8,
    SPI_CR1_SSM = 1 << 9,
    SPI_CR2_DS_8 = 7 << 8,   // with FIFO
    SPI_CR2_FRXTH = 1 << 12, // with FIFO: RXNE for each byte
    SPI_SR_RXNE = 1 << 0,
};

// Master, mode 0, 8 bits; the kernel clock is divided by 2 << divider, divider at most 7.
static inline void spi_start(struct spi *spi, uint32_t divider) {
    spi->cr1 = 0;
#if SPI_HAS_FIFO
    spi->cr2 = SPI_CR2_DS_8 | SPI_CR2_FRXTH;
#endif
    spi->cr1 = SPI_CR1_MSTR | SPI_CR1_SSI | SPI_CR1_SSM | divider << SPI_CR1_BR_POSITION | SPI_CR1_SPE;
}

static inline uint8_t spi_exchange(struct spi *spi, uint8_t byte) {
#if SPI_HAS_FIFO
    volatile uint8_t *data = (volatile uint8_t *)&spi->dr; // an access of 16 bits would pack two frames
#else
    volatile uint32_t *data = &spi->dr;
#endif
    *data = byte;
    while (!(spi->sr & SPI_SR_RXNE)) {
    }
    return (uint8_t)*data;
}

#endif
