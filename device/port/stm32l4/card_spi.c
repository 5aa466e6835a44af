// The SD card slot: SPI1 on PA5 to PA7 (alternate function 5), chip select on PA4.
#include "media/spi.h"
#include "port.h"
#include "registers.h"

static const uint32_t apb2_hz = 80000000;

static void transfer(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    (void)context;
    for (size_t i = 0; i < length; i++) {
        SPI1_DR = out != NULL ? out[i] : 0xff;
        while (!(SPI1_SR & SPI_SR_RXNE)) {
        }
        uint32_t got = SPI1_DR;
        if (in != NULL)
            in[i] = (uint8_t)got;
    }
    updraft_port_watchdog_feed(); // a card may stay busy for half a second, a file's chain may be long
}

static void select(void *context, bool selected) {
    (void)context;
    GPIOA_BSRR = 1U << (selected ? 4 + 16 : 4);
}

static uint32_t clock(void *context, uint32_t limit_hz) {
    (void)context;
    uint32_t shift = 1; // divides by 2 to 256
    while (shift < 8 && apb2_hz >> shift > limit_hz) {
        shift++;
    }
    SPI1_CR1 = 0;
    SPI1_CR2 = SPI_CR2_DS_8 | SPI_CR2_FRXTH;
    SPI1_CR1 = SPI_CR1_MSTR | SPI_CR1_SSI | SPI_CR1_SSM | (shift - 1) << SPI_CR1_BR_POSITION | SPI_CR1_SPE;
    return apb2_hz >> shift;
}

const struct spi_bus *updraft_port_card(void) {
    static const struct spi_bus bus = {.transfer = transfer, .select = select, .clock = clock};
    RCC_AHB2ENR |= RCC_AHB2ENR_GPIOA;
    RCC_APB2ENR |= RCC_APB2ENR_SPI1;
    select(NULL, false);
    GPIOA_AFRL = (GPIOA_AFRL & ~0xfff00000U) | 0x55500000;
    GPIOA_MODER = (GPIOA_MODER & ~(0xffU << 8)) | 0xa9U << 8; // PA4 output, PA5 to PA7 alternate
    return &bus;
}
