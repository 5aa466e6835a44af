// The bootloader on a chip: fills in the platform from port.h and the keys, and runs.
#include <stddef.h>
#include <string.h>

#include "boot.h"
#include "keys.h"
#include "port.h"
#include "recover.h"

#define TRIAL_WATCHDOG_MS 30000 // the longest erase of an application takes 4 s; above 32 s the watchdog cannot count

int main(void);

static struct boot boot;

static void arm_watchdog(void) {
    updraft_port_watchdog_start(TRIAL_WATCHDOG_MS);
}

static void start(uint32_t vectors) {
    updraft_port_start_image(vectors);
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
    for (;;)
        updraft_port_watchdog_feed();
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
        .start = start,
        .recover = recover,
        .say = say,
        .console_get = get,
        .console_put = put,
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
