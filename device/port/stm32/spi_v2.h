// SPI of the STM32H7 (RM0433 50.11).
#ifndef UPDRAFT_STM32_SPI_V2_H
#define UPDRAFT_STM32_SPI_V2_H

#include <stdint.h>

struct spi {
    volatile uint32_t cr1, cr2, cfg1, cfg2, ier, sr, ifcr, unused_1, txdr, unused_2[3], rxdr;
};

enum {
    SPI_CR1_SPE = 1 << 0,
    SPI_CR1_CSTART = 1 << 9,
    SPI_CR1_SSI = 1 << 12,
    SPI_CFG1_DSIZE_8 = 7,
    SPI_CFG1_MBR_POSITION = 28,
    SPI_CFG2_MASTER = 1 << 22,
    SPI_CFG2_SSM = 1 << 26,
    SPI_SR_RXP = 1 << 0,
};
#define SPI_CFG2_AFCNTR (1U << 31) // keeps the pins while it is off, as it must be to change its clock

// Master, mode 0, 8 bits, frames without end; the kernel clock is divided by 2 << divider, divider at most 7.
static inline void spi_start(struct spi *spi, uint32_t divider) {
    spi->cr1 = SPI_CR1_SSI;
    spi->cr2 = 0;
    spi->cfg1 = SPI_CFG1_DSIZE_8 | divider << SPI_CFG1_MBR_POSITION;
    spi->cfg2 = SPI_CFG2_MASTER | SPI_CFG2_SSM | SPI_CFG2_AFCNTR;
    spi->cr1 = SPI_CR1_SSI | SPI_CR1_SPE;
    spi->cr1 = SPI_CR1_SSI | SPI_CR1_SPE | SPI_CR1_CSTART;
}

// By accesses of 8 bits: wider ones would move several frames.
static inline uint8_t spi_exchange(struct spi *spi, uint8_t byte) {
    *(volatile uint8_t *)&spi->txdr = byte;
    while (!(spi->sr & SPI_SR_RXP)) {
    }
    return *(volatile uint8_t *)&spi->rxdr;
}

#endif
