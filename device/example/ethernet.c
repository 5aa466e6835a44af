// An application that updates itself over Ethernet: a W5500 on SPI, an address by DHCP. Instead of main.c where
// EXAMPLE_LINK=ethernet.
#include "net/w5500/w5500.h"

#include <string.h>

#include "port.h"
#include "say.h"
#include "updraft_agent.h"
#include "updraft_layout.h"
#include "updraft_settings.h"

enum { W5500_HZ = 33000000 };

static struct updraft_settings settings;
static struct updraft_w5500 ethernet;
static struct updraft_agent agent;
static uint8_t buffer[2048];
// Not set at a start: chance after power-up, another one after each reset.
static uint32_t drawn __attribute__((section(".noinit")));

// ---- what the driver needs

static uint32_t millis(void *context) {
    (void)context;
    return updraft_port_millis();
}

static void idle(void *context) {
    (void)context;
    updraft_port_watchdog_feed();
    updraft_port_sleep();
}

static uint32_t draw(void *context) {
    (void)context;
    drawn = drawn * 1664525 + 1013904223 + updraft_port_millis(); // Knuth's, and what time it is
    return drawn >> 8 ^ drawn;
}

// ---- what the agent needs

static void on_event(void *context, const struct updraft_event *event) {
    (void)context;
    say_event(event);
    if (event->state == UPDRAFT_FAILED && ethernet.last != UPDRAFT_W5500_OK)
        say_line("ethernet", updraft_w5500_result_name(ethernet.last));
}

static enum updraft_self_test self_test(void *context, bool reached_server) {
    (void)context;
    return reached_server ? UPDRAFT_TEST_PASSED : UPDRAFT_TEST_RUNNING;
}

static void reset(void *context) {
    (void)context;
    updraft_port_reset();
}

int main(void) {
    static uint8_t text[1024];
    updraft_port_start();
    updraft_port_tick_start();
    updraft_port_console_start();
    (void)updraft_area_read(&updraft_board_layout.settings, 0, text, sizeof text);
    enum updraft_settings_status status = updraft_settings_read(&settings, text, sizeof text);

    static struct updraft_w5500_port port = {.spi = &updraft_port_ethernet,
                                             .clock_hz = W5500_HZ,
                                             .millis = millis,
                                             .idle = idle,
                                             .random = draw,
                                             .host_name = settings.id};
    updraft_w5500_mac(port.mac, settings.id, sizeof settings.id);
    updraft_w5500_start(&ethernet, &port);
    struct updraft_network network = updraft_w5500_network(&ethernet);
    struct updraft_staging staging = updraft_staging_slot(&updraft_board_layout);
    struct updraft_agent_config config = {.id = settings.id,
                                          .token = settings.token,
                                          .server = settings.server,
                                          .interval = settings.interval,
                                          .layout = &updraft_board_layout,
                                          .buffer = buffer,
                                          .buffer_size = sizeof buffer,
                                          .network = &network,
                                          .staging = &staging,
                                          .notify = on_event,
                                          .self_test = self_test,
                                          .feed = updraft_port_watchdog_feed,
                                          .reset = reset};
    bool works = status == UPDRAFT_SETTINGS_OK && updraft_agent_start(&agent, &config);
    if (!works)
        say_line("failed", status != UPDRAFT_SETTINGS_OK ? "settings" : "configuration");
    for (uint32_t wake = updraft_port_millis();;) {
        if (works && (int32_t)(updraft_port_millis() - wake) >= 0)
            wake = updraft_port_millis() + updraft_agent_poll(&agent);
        idle(NULL);
    }
}
