#include "esp_at.h"

#include <string.h>

enum {
    COMMAND_TIMEOUT_MS = 3000,
    JOIN_TIMEOUT_MS = 25000,    // the module gives up after 15 s by itself
    CONNECT_TIMEOUT_MS = 30000, // name look-up and TCP (TLS: several packets of 10 s each)
    SEND_TIMEOUT_MS = 12000,
    ANSWER_TIMEOUT_MS = 2000, // until an answer begins
    TIME_TIMEOUT_MS = 5000,   // for SNTP
    BUSY_PAUSE_MS = 100,      // after "busy p..."
    NEW_SPEED_MS = 20,        // between the OK of AT+UART_CUR and what is sent as it says
    ASK_SOON_MS = 50,         // after data that left nothing behind as far as we know
    ASK_LATER_MS = 500,       // a connection's first +IPD can be missing (espressif/esp-at issue 294), so ask anyway
    SEND_MAX = 2048,          // bytes in one CIPSEND; some versions take 8192
    RECEIVE_MAX = 2048,       // the module must find that much heap and 128 bytes more
    RECEIVE_LEAST = 128,
    ODDITIES_BELIEVED = 2,
    HEAD_LONGEST = 24, // of "+CIPRECVDATA:2048,"
    HANDSHAKE = 3,     // AT+UART_CUR: RTS and CTS
};

// ---- ESP-AT as a dialect

static bool begins(const char *line, const char *start) {
    return strncmp(line, start, strlen(start)) == 0;
}

static bool is(const char *line, const char *whole) {
    return strcmp(line, whole) == 0;
}

static enum updraft_at_ending ending(const char *line) {
    if (is(line, "OK") || is(line, "SEND OK") || is(line, "SET OK")) {
        return UPDRAFT_AT_OK;
    }
    if (is(line, "ERROR") || is(line, "FAIL") || is(line, "SEND FAIL") || is(line, "SEND Canceled")) {
        return UPDRAFT_AT_ERROR;
    }
    return is(line, "busy p...") || is(line, "busy s...") ? UPDRAFT_AT_BUSY
           : is(line, "ready")                            ? UPDRAFT_AT_RESTARTED
                                                          : UPDRAFT_AT_MORE;
}

static void forget(struct updraft_esp_at *esp) {
    esp->ready = esp->joined = esp->open = esp->unclean = esp->waiting = esp->knows_time = esp->asked_time = false;
    esp->available = 0;
}

// "+IPD,5", or "+IPD,0,5" of early versions: so many bytes wait.
static bool take_count(struct updraft_esp_at *esp, const char *line) {
    const char *at = line + 5;
    uint32_t count;
    if (!updraft_at_number(&at, &count)) {
        return false;
    }
    if (*at == ',' && (at++, !updraft_at_number(&at, &count))) {
        return false;
    }
    if (*at != '\0') {
        return false; // "+IPD,5:data" would be active mode, or something is glued to the notice
    }
    esp->available = count;
    esp->waiting = true;
    return true;
}

static bool notice(void *module, const char *line) {
    struct updraft_esp_at *esp = module;
    if (is(line, "ready")) {
        forget(esp);
    } else if (is(line, "WIFI DISCONNECT")) {
        esp->joined = false;
    } else if (is(line, "WIFI GOT IP")) {
        esp->joined = true;
    } else if (is(line, "CLOSED") || is(line, "0,CLOSED")) {
        esp->open = false;
        esp->waiting = true; // some versions say so before the last data was fetched
    } else if (begins(line, "+TIME_UPDATED")) {
        esp->knows_time = true;
    } else if (begins(line, "+IPD,")) {
        return take_count(esp, line);
    } else {
        return is(line, "WIFI CONNECTED") || begins(line, "WIFI GOT IPv6") || begins(line, "+STA_") ||
               begins(line, "+DIST_STA_IP") || begins(line, "+LINK_CONN:") || begins(line, "ERR CODE:0x") ||
               begins(line, "+ERRNO:");
    }
    return true;
}

// "+CIPRECVDATA:5,", or "+CIPRECVDATA,5:" as the 1.7 firmware writes it, also at the end of a notice that lost its own.
static bool counted(const char *text, size_t length, uint32_t *count) {
    static const char name[] = "+CIPRECVDATA";
    enum { NAME = sizeof name - 1 };
    char end = text[length - 1];
    if (end != ',' && end != ':') {
        return false;
    }
    size_t at = length - 1;
    while (at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9') {
        at--;
    }
    if (at < NAME + 1 || text[at - 1] != (end == ',' ? ':' : ',') || memcmp(text + at - 1 - NAME, name, NAME) != 0) {
        return false;
    }
    const char *digits = text + at;
    return updraft_at_number(&digits, count);
}

static const struct updraft_at_dialect dialect = {
    .prompt = '>', .ending = ending, .notice = notice, .counted = counted};

static enum updraft_esp_at_result result_of(enum updraft_at_ending end) {
    return end == UPDRAFT_AT_OK          ? UPDRAFT_ESP_AT_OK
           : end == UPDRAFT_AT_BUSY      ? UPDRAFT_ESP_AT_BUSY
           : end == UPDRAFT_AT_RESTARTED ? UPDRAFT_ESP_AT_RESTARTED
           : end == UPDRAFT_AT_ERROR     ? UPDRAFT_ESP_AT_ERROR
                                         : UPDRAFT_ESP_AT_SILENT;
}

enum updraft_esp_at_result updraft_esp_at_command(struct updraft_esp_at *esp, const char *command,
                                                  uint32_t timeout_ms) {
    return result_of(updraft_at_command_loosely(&esp->at, command, timeout_ms));
}

// Both ends in step, so that a command can be written piece by piece.
static bool begin(struct updraft_esp_at *esp) {
    return !esp->at.out_of_step || updraft_at_synchronise(&esp->at);
}

// ---- setting up and joining

void updraft_esp_at_start(struct updraft_esp_at *esp, const struct updraft_at_port *port, const char *ssid,
                          const char *password) {
    memset(esp, 0, sizeof *esp);
    updraft_at_start(&esp->at, port, &dialect, esp);
    esp->ssid = ssid;
    esp->password = password;
    esp->piece = RECEIVE_MAX;
}

// Nothing else shows whether the module honours RTS: without it, it speaks on while nobody listens.
static enum updraft_esp_at_result set_flow_control(struct updraft_esp_at *esp) {
    struct updraft_at *at = &esp->at;
    char answer[32];
    if (at->port->baud == 0) {
        return UPDRAFT_ESP_AT_OK;
    }
    updraft_at_write(at, "AT+UART_CUR=");
    updraft_at_write_number(at, at->port->baud);
    updraft_at_write(at, ",8,1,0,3\r\n");
    enum updraft_at_ending end = updraft_at_wait(at, NULL, NULL, 0, COMMAND_TIMEOUT_MS);
    if (end == UPDRAFT_AT_OK) {
        updraft_at_drain(at, NEW_SPEED_MS);
        end = updraft_at_query(at, "AT+UART_CUR?", "+UART_CUR:", answer, sizeof answer, COMMAND_TIMEOUT_MS);
    }
    if (end != UPDRAFT_AT_OK) {
        return end == UPDRAFT_AT_ERROR ? UPDRAFT_ESP_AT_NO_FLOW_CONTROL : result_of(end);
    }
    const char *last = strrchr(answer, ',');
    uint32_t flow = 0;
    bool taken = last != NULL && (last++, updraft_at_number(&last, &flow)) && *last == '\0' && flow == HANDSHAKE;
    return taken ? UPDRAFT_ESP_AT_OK : UPDRAFT_ESP_AT_NO_FLOW_CONTROL;
}

static enum updraft_esp_at_result set_up(struct updraft_esp_at *esp) {
    struct updraft_at *at = &esp->at;
    at->out_of_step = true;
    if (!updraft_at_synchronise(at)) {
        return UPDRAFT_ESP_AT_SILENT;
    }
    forget(esp);
    esp->ready = true; // a restart on the way clears it again
    enum updraft_esp_at_result result = updraft_esp_at_command(esp, "ATE0", COMMAND_TIMEOUT_MS);
    at->echoes = false;
    if (result == UPDRAFT_ESP_AT_OK) {
        // A connection left over from before this chip's reset, or ERROR.
        (void)updraft_esp_at_command(esp, "AT+CIPCLOSE", COMMAND_TIMEOUT_MS);
        // Spares the module's own flash; not in every version.
        (void)updraft_esp_at_command(esp, "AT+SYSSTORE=0", COMMAND_TIMEOUT_MS);
        result = set_flow_control(esp);
    }
    static const char *const commands[] = {"AT+CWMODE=1", "AT+CIPMUX=0", "AT+CIPDINFO=0"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0] && result == UPDRAFT_ESP_AT_OK; i++) {
        result = result_of(updraft_at_command(at, commands[i], COMMAND_TIMEOUT_MS));
    }
    bool restarted = !esp->ready;
    esp->ready = esp->ready && result == UPDRAFT_ESP_AT_OK;
    return result == UPDRAFT_ESP_AT_OK && restarted ? UPDRAFT_ESP_AT_RESTARTED : result;
}

static enum updraft_esp_at_result try_join(struct updraft_esp_at *esp, uint32_t deadline) {
    struct updraft_at *at = &esp->at;
    enum updraft_esp_at_result why = UPDRAFT_ESP_AT_ERROR;
    if (!begin(esp)) {
        return UPDRAFT_ESP_AT_SILENT;
    }
    updraft_at_write(at, "AT+CWJAP=");
    updraft_at_write_quoted(at, esp->ssid);
    updraft_at_write(at, ",");
    updraft_at_write_quoted(at, esp->password);
    updraft_at_write(at, "\r\n");
    for (;;) {
        enum updraft_at_token token = updraft_at_next(at, false, deadline);
        if (token == UPDRAFT_AT_TOKEN_NOTICE && ending(at->line) != UPDRAFT_AT_RESTARTED) {
            continue;
        }
        enum updraft_at_ending end =
            token == UPDRAFT_AT_TOKEN_NONE || token == UPDRAFT_AT_TOKEN_PROMPT ? UPDRAFT_AT_LOST : ending(at->line);
        if (end == UPDRAFT_AT_MORE && begins(at->line, "+CWJAP:")) {
            why = at->line[7] == '2'   ? UPDRAFT_ESP_AT_WRONG_PASSWORD
                  : at->line[7] == '3' ? UPDRAFT_ESP_AT_NO_ACCESS_POINT
                                       : UPDRAFT_ESP_AT_ERROR;
            continue;
        }
        if (end == UPDRAFT_AT_MORE || end == UPDRAFT_AT_LOST) {
            at->out_of_step = true;
            return UPDRAFT_ESP_AT_SILENT;
        }
        esp->joined = esp->joined || end == UPDRAFT_AT_OK;
        return end == UPDRAFT_AT_ERROR ? why : result_of(end);
    }
}

enum updraft_esp_at_result updraft_esp_at_join(struct updraft_esp_at *esp) {
    (void)updraft_at_take_notices(&esp->at); // that came since the last call
    if (!begin(esp)) {
        return UPDRAFT_ESP_AT_SILENT;
    }
    if (esp->at.echoes) { // it was reset, and its "ready" was lost
        forget(esp);
    }
    if (!esp->ready) {
        enum updraft_esp_at_result result = set_up(esp);
        if (result != UPDRAFT_ESP_AT_OK) {
            return result;
        }
    }
    if (esp->joined) {
        return UPDRAFT_ESP_AT_OK;
    }
    uint32_t deadline = updraft_at_now(&esp->at) + JOIN_TIMEOUT_MS;
    enum updraft_esp_at_result result;
    while ((result = try_join(esp, deadline)) == UPDRAFT_ESP_AT_BUSY && !updraft_at_passed(&esp->at, deadline)) {
        updraft_at_drain(&esp->at, BUSY_PAUSE_MS);
    }
    return result;
}

// ---- the connection

static void close_link(void *context) {
    struct updraft_esp_at *esp = context;
    if (esp->ready && (esp->open || esp->unclean)) {
        enum updraft_at_ending end = updraft_at_command_loosely(&esp->at, "AT+CIPCLOSE", COMMAND_TIMEOUT_MS);
        esp->unclean = end != UPDRAFT_AT_OK && end != UPDRAFT_AT_ERROR;
    }
    esp->open = esp->waiting = false;
    esp->available = 0;
}

static enum updraft_at_ending set_passive(struct updraft_esp_at *esp) {
    static const char *const commands[] = {"AT+CIPRECVTYPE=1", "AT+CIPRECVMODE=1"};
    enum updraft_at_ending end = UPDRAFT_AT_ERROR;
    for (int attempt = 0; attempt < 2 && end == UPDRAFT_AT_ERROR; attempt++) {
        end = updraft_at_command(&esp->at, commands[esp->old_receive_mode ? 1 : 0], COMMAND_TIMEOUT_MS);
        if (end == UPDRAFT_AT_ERROR) {
            esp->old_receive_mode = !esp->old_receive_mode;
        }
    }
    return end;
}

static bool is_number(const char *host) { // an IPv4 address has no server name (RFC 6066, 3)
    return host[strspn(host, "0123456789.")] == '\0';
}

// The dates of a certificate can be checked only by who knows the time. Asked once; a module that finds no time server
// refuses the connection by itself, if its firmware looks at dates.
static void ask_time(struct updraft_esp_at *esp) {
    if (esp->asked_time) {
        return;
    }
    esp->asked_time = true;
    if (updraft_at_command(&esp->at, "AT+CIPSNTPCFG=1,0", COMMAND_TIMEOUT_MS) != UPDRAFT_AT_OK) {
        return;
    }
    uint32_t deadline = updraft_at_now(&esp->at) + TIME_TIMEOUT_MS;
    while (!esp->knows_time && updraft_at_next(&esp->at, false, deadline) != UPDRAFT_AT_TOKEN_NONE) {
    }
}

static enum updraft_at_ending name_server(struct updraft_esp_at *esp, const char *command, const char *host) {
    updraft_at_write(&esp->at, command);
    updraft_at_write_quoted(&esp->at, host);
    updraft_at_write(&esp->at, "\r\n");
    return updraft_at_wait(&esp->at, NULL, NULL, 0, COMMAND_TIMEOUT_MS);
}

static enum updraft_esp_at_result set_verification(struct updraft_esp_at *esp, const char *host) {
    struct updraft_at *at = &esp->at;
    char answer[16];
    ask_time(esp);
    enum updraft_at_ending end = updraft_at_command(at, "AT+CIPSSLCCONF=2,0,0", COMMAND_TIMEOUT_MS);
    if (end == UPDRAFT_AT_OK) {
        end = updraft_at_query(at, "AT+CIPSSLCCONF?", "+CIPSSLCCONF:", answer, sizeof answer, COMMAND_TIMEOUT_MS);
        if (end == UPDRAFT_AT_OK && answer[0] != '2') {
            end = UPDRAFT_AT_ERROR;
        }
    }
    if (end == UPDRAFT_AT_OK && !is_number(host)) {
        end = name_server(esp, "AT+CIPSSLCSNI=", host);
    }
    // Whose certificate it must be. Firmware without it takes any that the CA has signed.
    if (end == UPDRAFT_AT_OK && name_server(esp, "AT+CIPSSLCCN=", host) == UPDRAFT_AT_LOST) {
        end = UPDRAFT_AT_LOST;
    }
    return end == UPDRAFT_AT_ERROR ? UPDRAFT_ESP_AT_NO_VERIFICATION : result_of(end);
}

static enum updraft_at_ending start_link(struct updraft_esp_at *esp, const char *host, uint16_t port) {
    struct updraft_at *at = &esp->at;
    uint32_t give_up = updraft_at_now(at) + CONNECT_TIMEOUT_MS;
    for (int attempt = 0;; attempt++) {
        if (!begin(esp)) {
            return UPDRAFT_AT_LOST;
        }
        updraft_at_write(at, esp->secure ? "AT+CIPSTART=\"SSL\",\"" : "AT+CIPSTART=\"TCP\",\"");
        updraft_at_write(at, host);
        updraft_at_write(at, "\",");
        updraft_at_write_number(at, port);
        updraft_at_write(at, "\r\n");
        esp->unclean = true;
        enum updraft_at_ending end = updraft_at_wait(at, "CONNECT", NULL, 0, CONNECT_TIMEOUT_MS);
        if (end == UPDRAFT_AT_OK) {
            return UPDRAFT_AT_OK;
        }
        if (end == UPDRAFT_AT_BUSY && !updraft_at_passed(at, give_up)) {
            updraft_at_drain(at, BUSY_PAUSE_MS);
        } else if (attempt == 0 && (end == UPDRAFT_AT_ERROR || end == UPDRAFT_AT_LOST) &&
                   !updraft_at_passed(at, give_up)) {
            close_link(esp); // it may be connected already
        } else {
            return end;
        }
    }
}

// Whether the module still has an address, should its notice that it has none have been lost.
static void look_whether_joined(struct updraft_esp_at *esp) {
    enum updraft_at_ending end = updraft_at_query(&esp->at, "AT+CWJAP?", "+CWJAP:", NULL, 0, COMMAND_TIMEOUT_MS);
    esp->joined = esp->joined && end == UPDRAFT_AT_OK;
}

static bool open_link(void *context, const char *host, uint16_t port, bool secure) {
    struct updraft_esp_at *esp = context;
    esp->last = updraft_esp_at_join(esp);
    if (esp->last != UPDRAFT_ESP_AT_OK) {
        return false;
    }
    close_link(esp);
    esp->secure = secure;
    if (secure && (esp->last = set_verification(esp, host)) != UPDRAFT_ESP_AT_OK) {
        return false;
    }
    enum updraft_at_ending end = start_link(esp, host, port);
    if (end != UPDRAFT_AT_OK) {
        esp->last = end == UPDRAFT_AT_ERROR ? UPDRAFT_ESP_AT_REFUSED : result_of(end);
        look_whether_joined(esp);
        return false;
    }
    // A server does not speak first in HTTP, so no data can have come in the old mode yet.
    esp->open = true;
    esp->waiting = false;
    esp->available = 0;
    esp->ask_at = updraft_at_now(&esp->at) + ASK_LATER_MS;
    end = set_passive(esp);
    if (end != UPDRAFT_AT_OK) {
        esp->last = end == UPDRAFT_AT_ERROR ? UPDRAFT_ESP_AT_UNSUITABLE : result_of(end);
        close_link(esp);
    }
    return esp->open;
}

// ---- sending

static enum updraft_at_ending wait_for_prompt(struct updraft_esp_at *esp, uint32_t deadline) {
    struct updraft_at *at = &esp->at;
    for (;;) {
        switch (updraft_at_next(at, false, deadline)) {
        case UPDRAFT_AT_TOKEN_PROMPT: return UPDRAFT_AT_OK;
        case UPDRAFT_AT_TOKEN_NOTICE: break;
        case UPDRAFT_AT_TOKEN_LINE:
            if (is(at->line, "OK") || begins(at->line, "link is not")) { // they stand before the prompt, before ERROR
                break;
            }
            if (ending(at->line) == UPDRAFT_AT_BUSY || ending(at->line) == UPDRAFT_AT_ERROR) {
                return ending(at->line);
            }
            return UPDRAFT_AT_LOST;
        default: return UPDRAFT_AT_LOST;
        }
        if (!esp->ready) {
            return UPDRAFT_AT_RESTARTED;
        }
    }
}

// Sends one piece; any doubt about it is a failure, the caller then closes the connection.
static bool send_piece(struct updraft_esp_at *esp, const uint8_t *data, size_t length) {
    struct updraft_at *at = &esp->at;
    uint32_t deadline = updraft_at_now(at) + SEND_TIMEOUT_MS, taken;
    enum updraft_at_ending end;
    char answer[24];
    for (;;) {
        updraft_at_write(at, "AT+CIPSEND=");
        updraft_at_write_number(at, (uint32_t)length);
        updraft_at_write(at, "\r\n");
        end = wait_for_prompt(esp, deadline);
        if (end != UPDRAFT_AT_BUSY || updraft_at_passed(at, deadline)) {
            break;
        }
        updraft_at_drain(at, BUSY_PAUSE_MS);
    }
    if (end != UPDRAFT_AT_OK) {
        at->out_of_step = at->out_of_step || end == UPDRAFT_AT_LOST;
        return false;
    }
    at->port->write(at->port->context, data, length);
    const char *count = answer;
    return updraft_at_wait(at, "Recv ", answer, sizeof answer, SEND_TIMEOUT_MS) == UPDRAFT_AT_OK &&
           updraft_at_number(&count, &taken) && taken == length;
}

static bool send(void *context, const uint8_t *data, size_t length) {
    struct updraft_esp_at *esp = context;
    while (length > 0 && esp->open && updraft_at_take_notices(&esp->at) && esp->ready) {
        size_t piece = length < SEND_MAX ? length : SEND_MAX;
        if (!send_piece(esp, data, piece)) {
            return false;
        }
        data += piece;
        length -= piece;
    }
    return length == 0;
}

// ---- receiving

// Asks how many bytes wait. False when bytes were lost.
static bool ask_how_many(struct updraft_esp_at *esp) {
    char answer[48];
    uint32_t count;
    esp->available = 0;
    enum updraft_at_ending end =
        updraft_at_query(&esp->at, "AT+CIPRECVLEN?", "+CIPRECVLEN:", answer, sizeof answer, COMMAND_TIMEOUT_MS);
    if (end == UPDRAFT_AT_ERROR) { // not in this firmware, or the command was damaged
        esp->inexact = ++esp->oddities >= ODDITIES_BELIEVED;
        return esp->inexact;
    }
    const char *at = answer;
    if (end == UPDRAFT_AT_OK) {
        esp->available = updraft_at_number(&at, &count) ? count : 0; // "-1" or nothing: no connection, nothing left
    }
    return end == UPDRAFT_AT_OK || end == UPDRAFT_AT_BUSY;
}

static bool counts_are_exact(const struct updraft_esp_at *esp) {
    return !esp->secure && !esp->inexact;
}

// "+CIPRECVDATA:5," again where data begins.
static bool head_came_twice(const uint8_t *data, uint32_t length) {
    const char *text = (const char *)data;
    uint32_t count;
    for (size_t head = sizeof "+CIPRECVDATA:5," - 1; head <= HEAD_LONGEST && head < length; head++) {
        if (text[0] == '+' && counted(text, head, &count)) {
            return true;
        }
    }
    return false;
}

// The data itself. The module was asked for what it said that it has, so any other count is a damaged one.
static int take_answer(struct updraft_esp_at *esp, uint8_t *data, uint32_t wanted) {
    struct updraft_at *at = &esp->at;
    bool exact = at->count == wanted;
    if (at->count > wanted || at->count == 0 || !updraft_at_take_data(at, data) || head_came_twice(data, wanted)) {
        at->out_of_step = true;
        return -1;
    }
    if (!exact && counts_are_exact(esp)) {
        // One digit less, and what stood behind so many bytes looked like an ending; or a firmware of another kind.
        esp->inexact = ++esp->oddities >= ODDITIES_BELIEVED;
        at->out_of_step = true;
        return -1;
    }
    esp->oddities = 0;
    esp->available = counts_are_exact(esp) ? esp->available - at->count : 0;
    esp->waiting = !counts_are_exact(esp) && exact;
    return (int)at->count;
}

// Asks the module for data: the bytes read, 0 for none there, -1 when the answer was not whole.
static int fetch(struct updraft_esp_at *esp, uint8_t *data, size_t size) {
    struct updraft_at *at = &esp->at;
    if (counts_are_exact(esp) && esp->available == 0) {
        esp->waiting = false;
        if (!ask_how_many(esp)) {
            return -1;
        }
        if (esp->available == 0 && counts_are_exact(esp)) {
            return 0;
        }
    }
    uint32_t wanted = size < esp->piece ? (uint32_t)size : esp->piece;
    if (counts_are_exact(esp) && esp->available < wanted) {
        wanted = esp->available;
    }
    updraft_at_write(at, "AT+CIPRECVDATA=");
    updraft_at_write_number(at, wanted);
    updraft_at_write(at, "\r\n");
    enum updraft_at_token token;
    do {
        token = updraft_at_next(at, true, updraft_at_now(at) + ANSWER_TIMEOUT_MS);
    } while (token == UPDRAFT_AT_TOKEN_NOTICE && esp->ready);
    if (token == UPDRAFT_AT_TOKEN_DATA) {
        return take_answer(esp, data, wanted);
    }
    enum updraft_at_ending end = token == UPDRAFT_AT_TOKEN_LINE ? ending(at->line) : UPDRAFT_AT_LOST;
    if (end == UPDRAFT_AT_BUSY) {
        updraft_at_drain(at, BUSY_PAUSE_MS);
        return 0;
    }
    if (end != UPDRAFT_AT_ERROR) {
        at->out_of_step = esp->ready;
        return -1;
    }
    // Nothing there, although it was said; or it has no memory for so much at once, and is asked for less from now on.
    // The command may have been damaged too, and with it what was sent before.
    esp->waiting = false;
    esp->available = 0;
    if (counts_are_exact(esp) && !ask_how_many(esp)) {
        return -1;
    }
    if (esp->available == 0) {
        return 0;
    }
    esp->piece = (uint16_t)(wanted / 2 > RECEIVE_LEAST ? wanted / 2 : RECEIVE_LEAST);
    at->out_of_step = true;
    return -1;
}

static int receive(void *context, uint8_t *data, size_t size, uint32_t timeout_ms) {
    struct updraft_esp_at *esp = context;
    struct updraft_at *at = &esp->at;
    uint32_t deadline = updraft_at_now(at) + timeout_ms;
    for (;;) {
        if (at->out_of_step || !updraft_at_take_notices(at) || !esp->ready) {
            return -1;
        }
        bool asks = esp->waiting || esp->available > 0 || updraft_at_passed(at, esp->ask_at);
        if (asks) {
            int got = fetch(esp, data, size);
            esp->ask_at = updraft_at_now(at) + (got > 0 ? ASK_SOON_MS : ASK_LATER_MS);
            if (got != 0) {
                return got;
            }
        }
        if (!esp->open && !esp->waiting && esp->available == 0) {
            return -1;
        }
        if (updraft_at_passed(at, deadline)) {
            return 0;
        }
        if (!asks) {
            at->port->idle(at->port->context);
        }
    }
}

static uint32_t millis(void *context) {
    struct updraft_esp_at *esp = context;
    return updraft_at_now(&esp->at);
}

struct updraft_network updraft_esp_at_network(struct updraft_esp_at *esp) {
    return (struct updraft_network){
        .context = esp, .connect = open_link, .send = send, .receive = receive, .close = close_link, .millis = millis};
}
