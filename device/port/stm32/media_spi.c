// Memory outside the chip, on the SPI and pins of the board; what it does not have is not there.
#include "media/spi.h"
#include "port.h"
#include "registers.h"
#include "updraft_board.h"

#ifdef UPDRAFT_BOARD_MEDIA

static void transfer(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    (void)context;
    for (size_t i = 0; i < length; i++) {
        uint8_t got = spi_exchange(UPDRAFT_BOARD_MEDIA, out != NULL ? out[i] : 0xff);
        if (in != NULL)
            in[i] = got;
    }
    updraft_port_watchdog_feed(); // a card may stay busy for half a second, a file's chain may be long
}

#ifdef UPDRAFT_BOARD_CARD_SELECT
static void select_card(void *context, bool selected) {
    (void)context;
    gpio_set(UPDRAFT_BOARD_CARD_SELECT, !selected);
}
#endif

#ifdef UPDRAFT_BOARD_NOR_SELECT
static void select_nor(void *context, bool selected) {
    (void)context;
    gpio_set(UPDRAFT_BOARD_NOR_SELECT, !selected);
}
#endif

// Both are on one bus: neither may listen while the other is spoken to.
static void make_ready(void) {
    clock_gpio(UPDRAFT_BOARD_GPIOS);
    clock_peripheral(UPDRAFT_BOARD_MEDIA_GATES);
#ifdef UPDRAFT_BOARD_CARD_SELECT
    select_card(NULL, false);
    gpio_output(UPDRAFT_BOARD_CARD_SELECT);
#endif
#ifdef UPDRAFT_BOARD_NOR_SELECT
    select_nor(NULL, false);
    gpio_output(UPDRAFT_BOARD_NOR_SELECT);
#endif
    UPDRAFT_BOARD_MEDIA_PINS(gpio_alternate);
}

static uint32_t clock(void *context, uint32_t limit_hz) {
    (void)context;
    make_ready(); // the drivers set the clock before anything else
    uint32_t divider = 0, hz = UPDRAFT_BOARD_MEDIA_HZ / 2;
    for (; divider < 7 && hz > limit_hz; hz /= 2)
        divider++;
    spi_start(UPDRAFT_BOARD_MEDIA, divider);
    return hz;
}

#ifdef UPDRAFT_BOARD_ETHERNET_SELECT
static void select_ethernet(void *context, bool selected) {
    (void)context;
    gpio_set(UPDRAFT_BOARD_ETHERNET_SELECT, !selected);
}

static uint32_t clock_ethernet(void *context, uint32_t limit_hz) {
    uint32_t hz = clock(context, limit_hz);
    select_ethernet(NULL, false);
    gpio_output(UPDRAFT_BOARD_ETHERNET_SELECT);
    return hz;
}

const struct updraft_spi_bus updraft_port_ethernet = {
    .transfer = transfer, .select = select_ethernet, .clock = clock_ethernet};
#endif
#ifdef UPDRAFT_BOARD_CARD_SELECT
const struct updraft_spi_bus updraft_port_card = {.transfer = transfer, .select = select_card, .clock = clock};
#endif
#ifdef UPDRAFT_BOARD_NOR_SELECT
const struct updraft_spi_bus updraft_port_nor = {.transfer = transfer, .select = select_nor, .clock = clock};
#endif
#endif
