// The SD card slot: SPI1 on PA5 to PA7, chip select on PA4.
#include "media/spi.h"
#include "port.h"
#include "registers.h"

enum { CHIP_SELECT = 4 };

static void transfer(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    (void)context;
    for (size_t i = 0; i < length; i++) {
        uint8_t got = spi_exchange(SPI1, out != NULL ? out[i] : 0xff);
        if (in != NULL)
            in[i] = got;
    }
    updraft_port_watchdog_feed(); // a card may stay busy for half a second, a file's chain may be long
}

static void select(void *context, bool selected) {
    (void)context;
    gpio_set(GPIOA, CHIP_SELECT, !selected);
}

static uint32_t clock(void *context, uint32_t limit_hz) {
    (void)context;
    uint32_t divider = 0, hz = SPI1_HZ / 2;
    for (; divider < 7 && hz > limit_hz; hz /= 2)
        divider++;
    spi_start(SPI1, divider);
    return hz;
}

const struct spi_bus *updraft_port_card(void) {
    static const struct spi_bus bus = {.transfer = transfer, .select = select, .clock = clock};
    clock_gpioa();
    clock_spi1();
    select(NULL, false);
    gpio_mode(GPIOA, CHIP_SELECT, GPIO_OUTPUT);
    gpio_alternate(GPIOA, 5, 7, 5);
    return &bus;
}
