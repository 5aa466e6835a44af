#include "say.h"

#include <string.h>

#include "port.h"

static void put(const char *text) {
    updraft_port_console_write(text, strlen(text));
}

static void begin(const char *state) {
    put("app " UPDRAFT_EXAMPLE_VERSION ": ");
    put(state);
}

void say_line(const char *state, const char *detail) {
    begin(state);
    if (detail != NULL) {
        put(" ");
        put(detail);
    }
    put("\r\n");
}

static void put_percent(uint8_t percent) {
    char text[] = {' ', (char)('0' + percent / 100), (char)('0' + percent / 10 % 10), (char)('0' + percent % 10), '%',
                   '\0'};
    char *first = text + (percent >= 100 ? 1 : percent >= 10 ? 2 : 3);
    *--first = ' ';
    put(first);
}

void say_event(const struct updraft_event *event) {
    static const char *const names[] = {
        [UPDRAFT_STARTING] = "starting",       [UPDRAFT_TRIAL] = "trial",
        [UPDRAFT_CHECKING_IN] = "checking-in", [UPDRAFT_UP_TO_DATE] = "up-to-date",
        [UPDRAFT_DOWNLOADING] = "downloading", [UPDRAFT_DOWNLOADED] = "downloaded",
        [UPDRAFT_INSTALLING] = "installing",   [UPDRAFT_CONFIRMED] = "confirmed",
        [UPDRAFT_ROLLED_BACK] = "rolled-back", [UPDRAFT_REFUSED] = "refused",
        [UPDRAFT_FAILED] = "failed",
    };
    begin(names[event->state]);
    if (event->version[0] != '\0') {
        put(" ");
        put(event->version);
    }
    if (event->state == UPDRAFT_DOWNLOADING) {
        put_percent(event->percent);
    }
    if (event->reason != NULL) {
        put(" ");
        put(event->reason);
    }
    put("\r\n");
}
