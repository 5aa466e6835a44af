#include "at.h"

#include <string.h>

enum {
    BYTE_TIMEOUT_MS = 2000, // between two bytes of one answer
    BUSY_PAUSE_MS = 100,    // after "busy p..."
    DRAIN_MAX_MS = 2000,
    SYNCHRONISE_TRIES = 20,
    SYNCHRONISE_MS = 500,
    TAIL_LONGEST = 2, // line ends between data and its OK
};

void updraft_at_start(struct updraft_at *at, const struct updraft_at_port *port,
                      const struct updraft_at_dialect *dialect, void *module) {
    memset(at, 0, sizeof *at);
    at->port = port;
    at->dialect = dialect;
    at->module = module;
    at->out_of_step = true;
}

// ---- bytes

uint32_t updraft_at_now(struct updraft_at *at) {
    return at->port->millis(at->port->context);
}

bool updraft_at_passed(struct updraft_at *at, uint32_t deadline) {
    return (int32_t)(updraft_at_now(at) - deadline) >= 0;
}

static bool has_input(struct updraft_at *at) {
    if (at->taken == at->filled) {
        at->taken = 0;
        at->filled = (uint16_t)at->port->read(at->port->context, at->input, sizeof at->input);
    }
    return at->taken < at->filled;
}

static bool take_byte(struct updraft_at *at, uint32_t deadline, uint8_t *byte) {
    while (!has_input(at)) {
        if (updraft_at_passed(at, deadline)) {
            return false;
        }
        at->port->idle(at->port->context);
    }
    *byte = at->input[at->taken++];
    return true;
}

void updraft_at_write(struct updraft_at *at, const char *text) {
    at->port->write(at->port->context, (const uint8_t *)text, strlen(text));
}

void updraft_at_write_number(struct updraft_at *at, uint32_t value) {
    char digits[11];
    size_t first = sizeof digits - 1;
    digits[first] = '\0';
    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    updraft_at_write(at, digits + first);
}

void updraft_at_write_quoted(struct updraft_at *at, const char *text) {
    updraft_at_write(at, "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == ',' || *text == '\\') {
            updraft_at_write(at, "\\");
        }
        at->port->write(at->port->context, (const uint8_t *)text, 1);
    }
    updraft_at_write(at, "\"");
}

bool updraft_at_number(const char **text, uint32_t *value) {
    uint64_t number = 0;
    if (**text < '0' || **text > '9') {
        return false;
    }
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        number = number * 10 + (uint64_t)(**text - '0');
        if (number > UINT32_MAX) {
            return false;
        }
    }
    *value = (uint32_t)number;
    return true;
}

// ---- what the module says

enum updraft_at_token updraft_at_next(struct updraft_at *at, bool expects_data, uint32_t deadline) {
    uint8_t byte;
    while (take_byte(at, deadline, &byte)) {
        if (byte == '\n' || byte == '\r') {
            if (at->length > 0) {
                at->length = 0;
                return at->dialect->notice(at->module, at->line) ? UPDRAFT_AT_TOKEN_NOTICE : UPDRAFT_AT_TOKEN_LINE;
            }
            continue;
        }
        if (at->length == 0 && byte == (uint8_t)at->dialect->prompt) {
            return UPDRAFT_AT_TOKEN_PROMPT;
        }
        if (at->length == 0 && byte == ' ') {
            continue; // of "> "
        }
        if (at->length == UPDRAFT_AT_LINE_MAX) { // keeps its end: what is glued to a long line must be seen
            memmove(at->line, at->line + 1, UPDRAFT_AT_LINE_MAX - 1);
            at->length--;
        }
        at->line[at->length++] = (char)byte;
        at->line[at->length] = '\0';
        if (expects_data && at->dialect->counted(at->line, at->length, &at->count)) {
            at->length = 0;
            return UPDRAFT_AT_TOKEN_DATA;
        }
    }
    return UPDRAFT_AT_TOKEN_NONE;
}

bool updraft_at_take_notices(struct updraft_at *at) {
    for (;;) {
        switch (updraft_at_next(at, false, updraft_at_now(at))) {
        case UPDRAFT_AT_TOKEN_NONE: return true;
        case UPDRAFT_AT_TOKEN_NOTICE: break;
        default: at->out_of_step = true; return false;
        }
    }
}

void updraft_at_drain(struct updraft_at *at, uint32_t quiet_ms) {
    uint32_t give_up = updraft_at_now(at) + DRAIN_MAX_MS;
    while (updraft_at_next(at, false, updraft_at_now(at) + quiet_ms) != UPDRAFT_AT_TOKEN_NONE &&
           !updraft_at_passed(at, give_up)) {
    }
    at->length = 0;
}

// Attempts that find no answer are preceded by ever more line ends, which fill up what a send still waits for.
bool updraft_at_synchronise(struct updraft_at *at) {
    for (int attempt = 0; attempt < SYNCHRONISE_TRIES; attempt++) {
        for (int fill = 0; attempt > 2 && fill < 64; fill++) {
            updraft_at_write(at, "\r\n\r\n\r\n");
        }
        updraft_at_drain(at, 20);
        updraft_at_write(at, "AT\r\n");
        uint32_t deadline = updraft_at_now(at) + SYNCHRONISE_MS;
        enum updraft_at_token token;
        while ((token = updraft_at_next(at, false, deadline)) != UPDRAFT_AT_TOKEN_NONE) {
            at->echoes = at->echoes || (token == UPDRAFT_AT_TOKEN_LINE && strcmp(at->line, "AT") == 0);
            if (token == UPDRAFT_AT_TOKEN_LINE && strcmp(at->line, "OK") == 0) {
                updraft_at_drain(at, 50); // the OK may have been an older one
                at->out_of_step = false;
                return true;
            }
        }
    }
    return false;
}

// ---- commands

enum updraft_at_ending updraft_at_wait(struct updraft_at *at, const char *wanted, char *value, size_t size,
                                       uint32_t timeout_ms) {
    uint32_t deadline = updraft_at_now(at) + timeout_ms;
    bool answered = wanted == NULL;
    for (;;) {
        enum updraft_at_token token = updraft_at_next(at, false, deadline);
        if (token == UPDRAFT_AT_TOKEN_NOTICE) {
            if (at->dialect->ending(at->line) == UPDRAFT_AT_RESTARTED) {
                return UPDRAFT_AT_RESTARTED;
            }
            continue;
        }
        enum updraft_at_ending end = token == UPDRAFT_AT_TOKEN_LINE ? at->dialect->ending(at->line) : UPDRAFT_AT_LOST;
        if (end == UPDRAFT_AT_MORE && !answered && strncmp(at->line, wanted, strlen(wanted)) == 0) {
            answered = true;
            if (value != NULL) {
                strncpy(value, at->line + strlen(wanted), size - 1);
                value[size - 1] = '\0';
            }
            continue;
        }
        if (end == UPDRAFT_AT_MORE || end == UPDRAFT_AT_LOST || (end == UPDRAFT_AT_OK && !answered)) {
            at->out_of_step = true;
            return UPDRAFT_AT_LOST;
        }
        return end;
    }
}

static enum updraft_at_ending wait_loosely(struct updraft_at *at, uint32_t timeout_ms) {
    uint32_t deadline = updraft_at_now(at) + timeout_ms;
    for (;;) {
        enum updraft_at_token token = updraft_at_next(at, false, deadline);
        if (token == UPDRAFT_AT_TOKEN_NONE) {
            at->out_of_step = true;
            return UPDRAFT_AT_LOST;
        }
        enum updraft_at_ending end = token == UPDRAFT_AT_TOKEN_PROMPT ? UPDRAFT_AT_MORE : at->dialect->ending(at->line);
        if (end != UPDRAFT_AT_MORE) {
            return end;
        }
    }
}

static enum updraft_at_ending run(struct updraft_at *at, const char *command, bool loosely, const char *wanted,
                                  char *value, size_t size, uint32_t timeout_ms) {
    uint32_t give_up = updraft_at_now(at) + timeout_ms;
    for (;;) {
        if (at->out_of_step && !updraft_at_synchronise(at)) {
            return UPDRAFT_AT_LOST;
        }
        updraft_at_write(at, command);
        updraft_at_write(at, "\r\n");
        enum updraft_at_ending end =
            loosely ? wait_loosely(at, timeout_ms) : updraft_at_wait(at, wanted, value, size, timeout_ms);
        if (end != UPDRAFT_AT_BUSY || updraft_at_passed(at, give_up)) {
            return end;
        }
        updraft_at_drain(at, BUSY_PAUSE_MS); // what the module is busy with ends in between
    }
}

enum updraft_at_ending updraft_at_command(struct updraft_at *at, const char *command, uint32_t timeout_ms) {
    return run(at, command, false, NULL, NULL, 0, timeout_ms);
}

enum updraft_at_ending updraft_at_query(struct updraft_at *at, const char *command, const char *wanted, char *value,
                                        size_t size, uint32_t timeout_ms) {
    return run(at, command, false, wanted, value, size, timeout_ms);
}

enum updraft_at_ending updraft_at_command_loosely(struct updraft_at *at, const char *command, uint32_t timeout_ms) {
    return run(at, command, true, NULL, NULL, 0, timeout_ms);
}

// ---- counted data

// The line ends that follow at once, up to one more than there can be; UINT8_MAX when one is not whole or nothing
// comes.
static uint8_t line_ends(struct updraft_at *at) {
    for (uint8_t ends = 0; ends <= TAIL_LONGEST; ends++) {
        uint8_t byte;
        if (!take_byte(at, updraft_at_now(at) + BYTE_TIMEOUT_MS, &byte)) {
            return UINT8_MAX;
        }
        if (byte != '\r') {
            at->taken--; // the byte just taken: it begins what comes next
            return ends;
        }
        if (!take_byte(at, updraft_at_now(at) + BYTE_TIMEOUT_MS, &byte) || byte != '\n') {
            return UINT8_MAX;
        }
    }
    return UINT8_MAX;
}

// How many line ends stand between data and "OK" differs between firmwares, so it is learnt. Two bytes of data that
// were lost look like one line end fewer: one alone is believed only when it is seen again.
static bool take_tail(struct updraft_at *at) {
    uint8_t ends = line_ends(at);
    if (ends == 0 || ends > TAIL_LONGEST) {
        return false;
    }
    if (at->tail == 0 && ends < TAIL_LONGEST && !at->short_tail) {
        at->short_tail = true;
        return false;
    }
    at->tail = at->tail == 0 ? ends : at->tail;
    return at->tail == ends;
}

bool updraft_at_take_data(struct updraft_at *at, uint8_t *data) {
    uint32_t left = at->count;
    while (left > 0 && take_byte(at, updraft_at_now(at) + BYTE_TIMEOUT_MS, data)) {
        data++;
        left--;
    }
    if (left == 0 && take_tail(at) && updraft_at_wait(at, NULL, NULL, 0, BYTE_TIMEOUT_MS) == UPDRAFT_AT_OK) {
        return true;
    }
    at->out_of_step = true;
    return false;
}
