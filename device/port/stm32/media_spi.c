// Memory outside the chip: SPI1 on PA5 to PA7, chip selects on PA4 (SD card) and PB0 (NOR flash).
#include "media/spi.h"
#include "port.h"
#include "registers.h"

static void transfer(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    (void)context;
    for (size_t i = 0; i < length; i++) {
        uint8_t got = spi_exchange(SPI1, out != NULL ? out[i] : 0xff);
        if (in != NULL)
            in[i] = got;
    }
    updraft_port_watchdog_feed(); // a card may stay busy for half a second, a file's chain may be long
}

static void select_card(void *context, bool selected) {
    (void)context;
    gpio_set(GPIOA, 4, !selected);
}

static void select_nor(void *context, bool selected) {
    (void)context;
    gpio_set(GPIOB, 0, !selected);
}

// Both are on one bus: neither may listen while the other is spoken to.
static void make_ready(void) {
    clock_gpioa();
    clock_gpiob();
    clock_spi1();
    select_card(NULL, false);
    select_nor(NULL, false);
    gpio_mode(GPIOA, 4, GPIO_OUTPUT);
    gpio_mode(GPIOB, 0, GPIO_OUTPUT);
    gpio_alternate(GPIOA, 5, 7, 5);
}

static uint32_t clock(void *context, uint32_t limit_hz) {
    (void)context;
    make_ready(); // the drivers set the clock before anything else
    uint32_t divider = 0, hz = SPI1_HZ / 2;
    for (; divider < 7 && hz > limit_hz; hz /= 2)
        divider++;
    spi_start(SPI1, divider);
    return hz;
}

const struct updraft_spi_bus updraft_port_card = {.transfer = transfer, .select = select_card, .clock = clock};
const struct updraft_spi_bus updraft_port_nor = {.transfer = transfer, .select = select_nor, .clock = clock};
