// An application that updates itself: joins the Wi-Fi network, and calls the agent from its main loop.
#include "net/esp_at/esp_at.h"
#include "port.h"
#include "say.h"
#include "updraft_agent.h"
#include "updraft_layout.h"
#include "updraft_settings.h"

enum { WIFI_BAUD = 115200 };

static struct updraft_settings settings;
static struct updraft_esp_at wifi;
static struct updraft_agent agent;
static uint8_t buffer[2048];

// ---- what the Wi-Fi driver needs

static void wifi_write(void *context, const uint8_t *data, size_t length) {
    (void)context;
    updraft_port_wifi_write(data, length);
}

static size_t wifi_read(void *context, uint8_t *data, size_t size) {
    (void)context;
    return updraft_port_wifi_read(data, size);
}

static uint32_t millis(void *context) {
    (void)context;
    return updraft_port_millis();
}

static void idle(void *context) {
    (void)context;
    updraft_port_watchdog_feed();
    updraft_port_sleep();
}

// ---- what the agent needs

static void on_event(void *context, const struct updraft_event *event) {
    (void)context;
    say_event(event);
}

// A product would look at its sensors here; this one only wants to reach its server, so that it can be updated again.
static enum updraft_self_test self_test(void *context, bool reached_server) {
    (void)context, (void)reached_server;
#if defined(UPDRAFT_EXAMPLE_FAULT_hang)
    for (;;) // the watchdog bites, and after some attempts the old image comes back
        updraft_port_sleep();
    return UPDRAFT_TEST_FAILED;
#elif defined(UPDRAFT_EXAMPLE_FAULT_selftest)
    return reached_server ? UPDRAFT_TEST_FAILED : UPDRAFT_TEST_RUNNING;
#elif defined(UPDRAFT_EXAMPLE_FAULT_noconfirm)
    return UPDRAFT_TEST_RUNNING;
#else
    return reached_server ? UPDRAFT_TEST_PASSED : UPDRAFT_TEST_RUNNING;
#endif
}

static void reset(void *context) {
    (void)context;
    updraft_port_reset();
}

int main(void) {
    static const struct updraft_at_port port = {NULL, wifi_write, wifi_read, millis, idle, WIFI_BAUD};
    static uint8_t text[1024];
    updraft_port_start();
    updraft_port_tick_start();
    updraft_port_console_start();
    updraft_port_wifi_start(WIFI_BAUD);
    (void)updraft_area_read(&updraft_board_layout.settings, 0, text, sizeof text);
    enum updraft_settings_status status = updraft_settings_read(&settings, text, sizeof text);

    updraft_esp_at_start(&wifi, &port, settings.ssid, settings.password);
    struct updraft_network network = updraft_esp_at_network(&wifi);
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
