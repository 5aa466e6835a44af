#include "esp_at.h"

#include <string.h>

enum {
    COMMAND_TIMEOUT_MS = 3000,
    JOIN_TIMEOUT_MS = 25000,    // the module gives up after 15 s by itself
    CONNECT_TIMEOUT_MS = 30000, // name look-up and TCP (TLS: several packets of 10 s each)
    SEND_TIMEOUT_MS = 12000,
    BYTE_TIMEOUT_MS = 2000, // between two bytes of one answer
    BUSY_PAUSE_MS = 100,    // after "busy p..."
    BUSY_TRIES = 50,
    ASK_INTERVAL_MS = 500, // the first +IPD of a connection can be missing (espressif/esp-at issue 294), so ask anyway
    SEND_MAX = 2048,       // bytes in one CIPSEND; some versions take 8192
    RECEIVE_MAX = 2048,    // the module must find that much heap and 128 bytes more
    DRAIN_MAX_MS = 2000,
};

// ---- bytes and lines

static uint32_t now(struct updraft_esp_at *esp) {
    return esp->port->millis(esp->port->context);
}

static bool passed(struct updraft_esp_at *esp, uint32_t deadline) {
    return (int32_t)(now(esp) - deadline) >= 0;
}

static bool has_input(struct updraft_esp_at *esp) {
    if (esp->taken == esp->filled) {
        esp->taken = 0;
        esp->filled = (uint16_t)esp->port->read(esp->port->context, esp->input, sizeof esp->input);
    }
    return esp->taken < esp->filled;
}

static bool take_byte(struct updraft_esp_at *esp, uint32_t deadline, uint8_t *byte) {
    while (!has_input(esp)) {
        if (passed(esp, deadline)) {
            return false;
        }
        esp->port->idle(esp->port->context);
    }
    *byte = esp->input[esp->taken++];
    return true;
}

static void write_text(struct updraft_esp_at *esp, const char *text) {
    esp->port->write(esp->port->context, (const uint8_t *)text, strlen(text));
}

static void write_number(struct updraft_esp_at *esp, uint32_t value) {
    char digits[11];
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    write_text(esp, digits + at);
}

static void write_quoted(struct updraft_esp_at *esp, const char *text) {
    write_text(esp, "\"");
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == ',' || *text == '\\') {
            write_text(esp, "\\");
        }
        esp->port->write(esp->port->context, (const uint8_t *)text, 1);
    }
    write_text(esp, "\"");
}

static bool begins(const char *line, const char *start) {
    return strncmp(line, start, strlen(start)) == 0;
}

// What comes unasked. Everything here only sets flags, so it may come in the middle of any command.
static void note(struct updraft_esp_at *esp, const char *line) {
    if (strcmp(line, "ready") == 0) {
        esp->ready = esp->joined = esp->open = esp->waiting = false;
    } else if (strcmp(line, "WIFI DISCONNECT") == 0) {
        esp->joined = false;
    } else if (strcmp(line, "WIFI GOT IP") == 0) {
        esp->joined = true;
    } else if (strcmp(line, "CLOSED") == 0 || strcmp(line, "0,CLOSED") == 0) {
        esp->open = false;
        esp->waiting = true; // some versions say so before the last data was fetched
    } else if (begins(line, "+IPD,")) {
        esp->waiting = true;
    }
}

enum token {
    TOKEN_NONE,   // nothing whole came in time
    TOKEN_LINE,   // in esp->line, without its end; not empty
    TOKEN_PROMPT, // the module waits for data to send
    TOKEN_DATA,   // esp->data_length raw bytes follow
};

// "+CIPRECVDATA:5,", or "+CIPRECVDATA,5:" as the 1.7 firmware writes it.
static bool data_begins(struct updraft_esp_at *esp) {
    static const char name[] = "+CIPRECVDATA";
    if (!begins(esp->line, name)) {
        return false;
    }
    const char *at = esp->line + sizeof name - 1;
    char end = *at == ':' ? ',' : *at == ',' ? ':' : '\0';
    if (end == '\0' || esp->line[esp->length - 1] != end || esp->length < sizeof name + 1) {
        return false;
    }
    esp->data_length = 0;
    for (at++; *at >= '0' && *at <= '9' && esp->data_length <= RECEIVE_MAX; at++) {
        esp->data_length = esp->data_length * 10 + (uint32_t)(*at - '0');
    }
    return *at == end;
}

static enum token next(struct updraft_esp_at *esp, uint32_t deadline) {
    uint8_t byte;
    while (take_byte(esp, deadline, &byte)) {
        if (byte == '\n' || byte == '\r') {
            if (esp->length > 0) {
                esp->length = 0;
                note(esp, esp->line);
                return TOKEN_LINE;
            }
            continue;
        }
        if (byte == '>' && esp->length == 0) {
            return TOKEN_PROMPT;
        }
        if (byte == ' ' && esp->length == 0) {
            continue; // of "> "
        }
        if (esp->length < sizeof esp->line - 1) {
            esp->line[esp->length++] = (char)byte;
            esp->line[esp->length] = '\0';
        }
        if ((byte == ',' || byte == ':') && data_begins(esp)) {
            esp->length = 0;
            return TOKEN_DATA;
        }
    }
    return TOKEN_NONE;
}

static void drain(struct updraft_esp_at *esp, uint32_t quiet_ms) {
    uint32_t give_up = now(esp) + DRAIN_MAX_MS;
    while (next(esp, now(esp) + quiet_ms) != TOKEN_NONE && !passed(esp, give_up)) {
    }
    esp->length = 0;
}

// ---- commands

enum ending { MORE, ENDED_OK, ENDED_ERROR, ENDED_BUSY, ENDED_RESTART };

static enum ending ending(const char *line) {
    if (strcmp(line, "OK") == 0 || strcmp(line, "SEND OK") == 0 || strcmp(line, "SET OK") == 0) {
        return ENDED_OK;
    }
    if (strcmp(line, "ERROR") == 0 || strcmp(line, "FAIL") == 0 || strcmp(line, "SEND FAIL") == 0 ||
        strcmp(line, "SEND Canceled") == 0) {
        return ENDED_ERROR;
    }
    return begins(line, "busy") ? ENDED_BUSY : strcmp(line, "ready") == 0 ? ENDED_RESTART : MORE;
}

// Brings module and driver back into step, whatever was going on: a reset of this chip may have left the module in the
// middle of taking data to send, so attempts that find no answer are preceded by ever more line ends, which fill that
// up.
static bool synchronise(struct updraft_esp_at *esp) {
    for (int attempt = 0; attempt < 20; attempt++) {
        for (int fill = 0; attempt > 2 && fill < 64; fill++) {
            write_text(esp, "\r\n\r\n\r\n");
        }
        drain(esp, 20);
        write_text(esp, "AT\r\n");
        uint32_t deadline = now(esp) + 500;
        enum token token;
        while ((token = next(esp, deadline)) != TOKEN_NONE) {
            if (token == TOKEN_LINE && strcmp(esp->line, "OK") == 0) {
                drain(esp, 50); // the OK may have been an older one
                esp->out_of_step = false;
                return true;
            }
        }
    }
    return false;
}

// Waits for the end of the command that was sent.
static enum ending wait_end(struct updraft_esp_at *esp, uint32_t timeout_ms) {
    uint32_t deadline = now(esp) + timeout_ms;
    for (;;) {
        enum token token = next(esp, deadline);
        if (token == TOKEN_NONE) {
            esp->out_of_step = true;
            return MORE;
        }
        enum ending end = token == TOKEN_LINE ? ending(esp->line) : MORE;
        if (end != MORE) {
            return end;
        }
    }
}

static enum updraft_esp_at_result result_of(enum ending end) {
    return end == ENDED_OK        ? UPDRAFT_ESP_AT_OK
           : end == ENDED_BUSY    ? UPDRAFT_ESP_AT_BUSY
           : end == ENDED_RESTART ? UPDRAFT_ESP_AT_RESTARTED
           : end == ENDED_ERROR   ? UPDRAFT_ESP_AT_ERROR
                                  : UPDRAFT_ESP_AT_SILENT;
}

enum updraft_esp_at_result updraft_esp_at_command(struct updraft_esp_at *esp, const char *command,
                                                  uint32_t timeout_ms) {
    uint32_t give_up = now(esp) + timeout_ms;
    for (;;) {
        if (esp->out_of_step && !synchronise(esp)) {
            return UPDRAFT_ESP_AT_SILENT;
        }
        write_text(esp, command);
        write_text(esp, "\r\n");
        enum ending end = wait_end(esp, timeout_ms);
        if (end != ENDED_BUSY || passed(esp, give_up)) {
            return result_of(end);
        }
        drain(esp, BUSY_PAUSE_MS); // the module threw the command away; what it is busy with ends in between
    }
}

// ---- joining

void updraft_esp_at_start(struct updraft_esp_at *esp, const struct updraft_esp_at_port *port, const char *ssid,
                          const char *password) {
    memset(esp, 0, sizeof *esp);
    esp->port = port;
    esp->ssid = ssid;
    esp->password = password;
    esp->out_of_step = true;
}

static enum updraft_esp_at_result set_up(struct updraft_esp_at *esp) {
    esp->out_of_step = true;
    if (!synchronise(esp)) {
        return UPDRAFT_ESP_AT_SILENT;
    }
    esp->open = esp->waiting = false;
    esp->ready = true; // a restart on the way clears it again
    enum updraft_esp_at_result result = updraft_esp_at_command(esp, "ATE0", COMMAND_TIMEOUT_MS);
    if (result == UPDRAFT_ESP_AT_OK) {
        (void)updraft_esp_at_command(esp, "AT+CIPCLOSE",
                                     COMMAND_TIMEOUT_MS); // left over from before this chip's reset; else ERROR
        (void)updraft_esp_at_command(esp, "AT+SYSSTORE=0",
                                     COMMAND_TIMEOUT_MS); // spares the module's own flash; not in every version
        result = updraft_esp_at_command(esp, "AT+CWMODE=1", COMMAND_TIMEOUT_MS);
    }
    if (result == UPDRAFT_ESP_AT_OK) {
        result = updraft_esp_at_command(esp, "AT+CIPMUX=0", COMMAND_TIMEOUT_MS);
    }
    esp->ready = esp->ready && result == UPDRAFT_ESP_AT_OK;
    return result == UPDRAFT_ESP_AT_OK && !esp->ready ? UPDRAFT_ESP_AT_RESTARTED : result;
}

static enum updraft_esp_at_result try_join(struct updraft_esp_at *esp, uint32_t deadline) {
    write_text(esp, "AT+CWJAP=");
    write_quoted(esp, esp->ssid);
    write_text(esp, ",");
    write_quoted(esp, esp->password);
    write_text(esp, "\r\n");
    enum updraft_esp_at_result why = UPDRAFT_ESP_AT_ERROR;
    for (;;) {
        enum token token = next(esp, deadline);
        if (token == TOKEN_NONE) {
            esp->out_of_step = true;
            return UPDRAFT_ESP_AT_SILENT;
        }
        if (token != TOKEN_LINE) {
            continue;
        }
        if (begins(esp->line, "+CWJAP:")) {
            why = esp->line[7] == '2'   ? UPDRAFT_ESP_AT_WRONG_PASSWORD
                  : esp->line[7] == '3' ? UPDRAFT_ESP_AT_NO_ACCESS_POINT
                                        : UPDRAFT_ESP_AT_ERROR;
        }
        enum ending end = ending(esp->line);
        if (end != MORE) {
            esp->joined = esp->joined || end == ENDED_OK;
            return end == ENDED_ERROR ? why : result_of(end);
        }
    }
}

static enum updraft_esp_at_result join(struct updraft_esp_at *esp) {
    uint32_t deadline = now(esp) + JOIN_TIMEOUT_MS;
    enum updraft_esp_at_result result;
    while ((result = try_join(esp, deadline)) == UPDRAFT_ESP_AT_BUSY && !passed(esp, deadline)) {
        drain(esp, BUSY_PAUSE_MS);
    }
    return result;
}

enum updraft_esp_at_result updraft_esp_at_join(struct updraft_esp_at *esp) {
    while (next(esp, now(esp)) != TOKEN_NONE) { // notices that came since the last call
    }
    if (!esp->ready) {
        enum updraft_esp_at_result result = set_up(esp);
        if (result != UPDRAFT_ESP_AT_OK) {
            return result;
        }
    }
    return esp->joined ? UPDRAFT_ESP_AT_OK : join(esp);
}

// ---- the connection

static void close_link(void *context) {
    struct updraft_esp_at *esp = context;
    if (esp->open && esp->ready) {
        (void)updraft_esp_at_command(esp, "AT+CIPCLOSE", COMMAND_TIMEOUT_MS);
    }
    esp->open = esp->waiting = false;
}

static enum updraft_esp_at_result passive(struct updraft_esp_at *esp) {
    static const char *const commands[] = {"AT+CIPRECVTYPE=1", "AT+CIPRECVMODE=1"};
    enum updraft_esp_at_result result = UPDRAFT_ESP_AT_ERROR;
    for (int attempt = 0; attempt < 2 && result == UPDRAFT_ESP_AT_ERROR; attempt++) {
        result = updraft_esp_at_command(esp, commands[esp->old_receive_mode ? 1 : 0], COMMAND_TIMEOUT_MS);
        if (result == UPDRAFT_ESP_AT_ERROR) {
            esp->old_receive_mode = !esp->old_receive_mode;
        }
    }
    return result;
}

static bool open_link(void *context, const char *host, uint16_t port, bool secure) {
    struct updraft_esp_at *esp = context;
    if (updraft_esp_at_join(esp) != UPDRAFT_ESP_AT_OK) {
        return false;
    }
    for (int attempt = 0;; attempt++) {
        if (esp->out_of_step && !synchronise(esp)) {
            return false;
        }
        write_text(esp, secure ? "AT+CIPSTART=\"SSL\",\"" : "AT+CIPSTART=\"TCP\",\"");
        write_text(esp, host);
        write_text(esp, "\",");
        write_number(esp, port);
        write_text(esp, "\r\n");
        enum ending end = wait_end(esp, CONNECT_TIMEOUT_MS);
        if (end == ENDED_OK) {
            // A server does not speak first in HTTP, so no data can have come in the old mode yet.
            esp->open = true;
            esp->waiting = false;
            if (passive(esp) == UPDRAFT_ESP_AT_OK) {
                return esp->open;
            }
            close_link(esp);
            return false;
        }
        if (end == ENDED_BUSY && attempt < BUSY_TRIES) {
            drain(esp, BUSY_PAUSE_MS);
        } else if (end == ENDED_ERROR && attempt == 0) {
            (void)updraft_esp_at_command(esp, "AT+CIPCLOSE", COMMAND_TIMEOUT_MS); // may be connected already
        } else {
            return false;
        }
    }
}

// Sends one piece; any doubt about it is a failure, the caller then closes the connection.
static bool send_piece(struct updraft_esp_at *esp, const uint8_t *data, size_t length) {
    if (esp->out_of_step && !synchronise(esp)) {
        return false;
    }
    uint32_t deadline = now(esp) + SEND_TIMEOUT_MS;
    enum ending end;
    do {
        write_text(esp, "AT+CIPSEND=");
        write_number(esp, (uint32_t)length);
        write_text(esp, "\r\n");
        end = MORE;
        while (end == MORE) {
            enum token token = next(esp, deadline);
            if (token == TOKEN_PROMPT) {
                break;
            }
            end = token == TOKEN_LINE ? ending(esp->line) : token == TOKEN_NONE ? ENDED_ERROR : MORE;
            end = end == ENDED_OK ? MORE : end; // an OK stands before the prompt
            esp->out_of_step = esp->out_of_step || token == TOKEN_NONE;
        }
        if (end == ENDED_BUSY) {
            drain(esp, BUSY_PAUSE_MS);
        }
    } while (end == ENDED_BUSY && !passed(esp, deadline));
    if (end != MORE) {
        return false;
    }
    esp->port->write(esp->port->context, data, length);
    return wait_end(esp, SEND_TIMEOUT_MS) == ENDED_OK;
}

static bool send(void *context, const uint8_t *data, size_t length) {
    struct updraft_esp_at *esp = context;
    while (length > 0 && esp->open) {
        size_t piece = length < SEND_MAX ? length : SEND_MAX;
        if (!send_piece(esp, data, piece)) {
            return false;
        }
        data += piece;
        length -= piece;
    }
    return length == 0;
}

// Takes esp->data_length bytes. A line end must follow them at once: if it does not, a byte was lost and these are not
// the data.
static bool take_data(struct updraft_esp_at *esp, uint8_t *data) {
    uint8_t end = 0;
    for (uint32_t length = 0; length < esp->data_length; length++) {
        if (!take_byte(esp, now(esp) + BYTE_TIMEOUT_MS, data + length)) {
            return false;
        }
    }
    return take_byte(esp, now(esp) + BYTE_TIMEOUT_MS, &end) && end == '\r';
}

// Asks the module for data: the bytes read, 0 for none there, -1 when the answer was not whole.
static int fetch(struct updraft_esp_at *esp, uint8_t *data, size_t size) {
    if (esp->out_of_step && !synchronise(esp)) {
        return -1;
    }
    esp->waiting = false;
    size = size < RECEIVE_MAX ? size : RECEIVE_MAX;
    write_text(esp, "AT+CIPRECVDATA=");
    write_number(esp, (uint32_t)size);
    write_text(esp, "\r\n");
    uint32_t length = 0;
    for (;;) {
        enum token token = next(esp, now(esp) + BYTE_TIMEOUT_MS);
        if (token == TOKEN_DATA && length == 0 && esp->data_length <= size) {
            if (!take_data(esp, data)) {
                esp->out_of_step = true;
                return -1;
            }
            length = esp->data_length;
            continue;
        }
        enum ending end = token == TOKEN_LINE ? ending(esp->line) : MORE;
        if (end == ENDED_OK) {
            esp->waiting = esp->waiting || length == size;
            return (int)length;
        }
        if (end == ENDED_ERROR && length == 0) {
            return 0;
        }
        if (end == ENDED_BUSY && length == 0) {
            drain(esp, BUSY_PAUSE_MS);
            esp->waiting = true;
            return 0;
        }
        bool notice = token == TOKEN_LINE && end == MORE &&
                      (begins(esp->line, "+") || begins(esp->line, "WIFI") || strcmp(esp->line, "CLOSED") == 0);
        if (!notice && !(length == 0 && token == TOKEN_LINE && end == MORE)) {
            esp->out_of_step = true; // a byte got lost: what follows the data is not what must follow it
            return -1;
        }
    }
}

static int receive(void *context, uint8_t *data, size_t size, uint32_t timeout_ms) {
    struct updraft_esp_at *esp = context;
    uint32_t deadline = now(esp) + timeout_ms;
    uint32_t ask = now(esp) + ASK_INTERVAL_MS;
    for (;;) {
        while (next(esp, now(esp)) != TOKEN_NONE) {
        }
        if (!esp->ready) {
            return -1;
        }
        if (esp->waiting || passed(esp, ask)) {
            ask = now(esp) + ASK_INTERVAL_MS;
            int got = fetch(esp, data, size);
            if (got != 0) {
                return got;
            }
        }
        if (!esp->open && !esp->waiting) {
            return -1;
        }
        if (passed(esp, deadline)) {
            return 0;
        }
        if (!esp->waiting) {
            esp->port->idle(esp->port->context);
        }
    }
}

static uint32_t millis(void *context) {
    return now(context);
}

struct updraft_network updraft_esp_at_network(struct updraft_esp_at *esp) {
    return (struct updraft_network){
        .context = esp, .connect = open_link, .send = send, .receive = receive, .close = close_link, .millis = millis};
}
