// The bootloader on a chip: fills in the platform from port.h and the keys, and runs.
#include <stddef.h>
#include <string.h>

#include "boot.h"
#include "keys.h"
#include "port.h"
#include "recover.h"

#define WATCHDOG_MS 30000 // the longest erase of an application takes 4 s; above 32 s the watchdog cannot count

#if !UPDRAFT_RECOVERY
enum { RETRY_TICKS = 10 * 10 }; // tenths of a second, until what cannot be read is asked again
#endif

int main(void);

static struct boot boot;

static void arm_watchdog(void) {
    updraft_port_watchdog_start(WATCHDOG_MS);
}

static void start(uint32_t vector_table, uint32_t stack, uint32_t entry) {
    updraft_port_start_image(vector_table, stack, entry);
}

// A watchdog that runs stops at a reset, and only there.
static void start_unwatched(void) {
    updraft_request_write(UPDRAFT_REQUEST_START);
    if (updraft_backup_read(UPDRAFT_BACKUP_MAGIC) == UPDRAFT_REQUEST_MAGIC) // they keep what is written
        updraft_port_reset();
}

static void say(const char *text) {
#if UPDRAFT_CONSOLE
    updraft_port_console_write(text, strlen(text));
    updraft_port_console_write("\r\n", 2);
#else
    (void)text;
#endif
}

static void put(uint8_t byte) {
#if UPDRAFT_RECOVERY
    updraft_port_console_write((const char *)&byte, 1);
#else
    (void)byte;
#endif
}

static int get(void) {
#if UPDRAFT_RECOVERY
    return updraft_port_console_read();
#else
    return -1;
#endif
}

static void reset(void) {
    updraft_port_reset();
}

static void recover(void) {
#if UPDRAFT_RECOVERY
    boot_recover(&boot);
#else
    for (uint32_t ticks = 0; ticks < RETRY_TICKS;) {
        if (updraft_port_ticked())
            ticks++;
        updraft_port_watchdog_feed();
    }
#endif
}

static enum updraft_request take_request(void) {
    uint32_t words[3] = {updraft_backup_read(0), updraft_backup_read(1), updraft_backup_read(2)};
    updraft_backup_write(UPDRAFT_BACKUP_MAGIC, 0);
    return updraft_request_decode(words);
}

int main(void) {
    updraft_port_start();
#if UPDRAFT_CONSOLE || UPDRAFT_RECOVERY
    updraft_port_console_start();
#endif
#if UPDRAFT_TEST_KEYS
    say("boot: built with the TEST KEYS; anybody can sign for this device");
#endif
    static const struct boot_platform platform = {
        .layout = &updraft_board_layout,
        .keys = boot_keys,
        .key_count = UPDRAFT_PUBLIC_KEY_COUNT,
        .trial_attempts = UPDRAFT_TRIAL_ATTEMPTS,
        .decryption_key = boot_decryption_key,
        .feed = updraft_port_watchdog_feed,
        .arm_watchdog = arm_watchdog,
        .application_feeds = UPDRAFT_APPLICATION_FEEDS,
        .can_start = updraft_port_can_start,
        .start = start,
        .start_unwatched = start_unwatched,
        .recover = recover,
        .say = say,
        .console_get = get,
        .console_put = put,
        .ticked = updraft_port_ticked,
        .reset = reset,
#if UPDRAFT_CARD
        .card = &updraft_port_card,
#endif
#if UPDRAFT_NOR
        .nor = &updraft_port_nor,
#endif
    };
    boot.reset_cause = updraft_port_reset_cause();
    updraft_port_forget_reset_cause();
    boot.request = take_request();
    boot.checkpoint = updraft_backup_read(UPDRAFT_BACKUP_CHECKPOINT);
    boot_run(&boot, &platform);
    updraft_port_reset();
}
