// An application that is updated over a serial line: SMP on the console's UART, between the lines that it prints for
// people. Instead of main.c where EXAMPLE_LINK=serial.
#include "port.h"
#include "say.h"
#include "smp/updraft_smp_application.h"
#include "updraft_layout.h"
#include "updraft_settings.h"

static struct updraft_settings settings;
static struct updraft_smp_application smp;
static uint8_t buffer[2048];

static void write_out(void *context, const uint8_t *data, uint32_t length) {
    (void)context;
    updraft_port_console_write((const char *)data, length);
}

// A product would look at its sensors here; this one only wants to be heard, so that it can be updated again.
static enum updraft_self_test self_test(void *context, bool heard) {
    (void)context, (void)heard;
#if defined(UPDRAFT_EXAMPLE_FAULT_hang)
    for (;;) // the watchdog bites, and after some attempts the old image comes back
        updraft_port_sleep();
    return UPDRAFT_TEST_FAILED;
#elif defined(UPDRAFT_EXAMPLE_FAULT_selftest)
    return heard ? UPDRAFT_TEST_FAILED : UPDRAFT_TEST_RUNNING;
#elif defined(UPDRAFT_EXAMPLE_FAULT_noconfirm)
    return UPDRAFT_TEST_RUNNING;
#else
    return heard ? UPDRAFT_TEST_PASSED : UPDRAFT_TEST_RUNNING;
#endif
}

static void reset(void *context) {
    (void)context;
    say_line("installing", NULL);
    updraft_port_reset();
}

int main(void) {
    static uint8_t text[1024];
    updraft_port_start();
    updraft_port_tick_start();
    updraft_port_console_start();
    (void)updraft_area_read(&updraft_board_layout.settings, 0, text, sizeof text);
    (void)updraft_settings_read(&settings, text, sizeof text); // of which only the id is needed

    struct updraft_staging staging = updraft_staging_slot(&updraft_board_layout);
    struct updraft_smp_application_config config = {.id = settings.id,
                                                    .layout = &updraft_board_layout,
                                                    .staging = &staging,
                                                    .buffer = buffer,
                                                    .buffer_size = sizeof buffer,
                                                    .buffers = 1,
                                                    .write = write_out,
                                                    .self_test = self_test,
                                                    .feed = updraft_port_watchdog_feed,
                                                    .reset = reset};
    bool works = settings.id[0] != '\0' && updraft_smp_application_start(&smp, &config);
    bool trial = works && updraft_journal_on_trial(smp.journal);
    say_line(!works ? "failed" : trial ? "trial" : "starting", works ? NULL : "settings");
    for (;;) {
        int byte = updraft_port_console_read();
        updraft_port_watchdog_feed();
        if (byte >= 0 && works) {
            updraft_smp_application_console(&smp, (uint8_t)byte);
            continue;
        }
        if (works)
            updraft_smp_application_poll(&smp, updraft_port_millis());
        if (trial && !updraft_journal_on_trial(smp.journal)) {
            trial = false;
            say_line("confirmed", NULL);
        }
    }
}
