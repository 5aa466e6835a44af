#include "fake_esp_at.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void put(struct fake_esp_at *fake, char byte) {
    if (fake->out_length < sizeof fake->out) {
        fake->out[fake->out_length++] = byte;
    }
}

static void emit(struct fake_esp_at *fake, const char *data, size_t length) {
    for (size_t i = 0; i < length; i++) {
        fake->emitted++;
        bool struck = fake->emitted - fake->fault_at < (fake->fault_run != 0 ? fake->fault_run : 1);
        if (struck && fake->fault == FAULT_DROP) {
            continue;
        }
        put(fake, data[i]);
        if (struck && fake->fault == FAULT_DOUBLE) {
            put(fake, data[i]);
        }
    }
}

// One thing that the module says, in one piece.
static void say(struct fake_esp_at *fake, const char *text) {
    bool struck = ++fake->sayings == fake->fault_at;
    if (struck && fake->fault == FAULT_NOTICE) {
        static const char *const notices[] = {"\r\n+STA_CONNECTED:\"24:0a:c4:00:00:01\"\r\n",
                                              "\r\n+DIST_STA_IP:\"24:0a:c4:00:00:01\",\"192.168.4.2\"\r\n",
                                              "\r\n+LINK_CONN:0,0,\"TCP\",0,\"10.0.0.1\",8080,50000\r\n",
                                              "\r\nERR CODE:0x010b0000\r\n",
                                              "\r\n+ERRNO:11\r\n",
                                              "\r\nWIFI CONNECTED\r\n",
                                              "\r\nWIFI GOT IPv6 LL\r\n"};
        const char *notice = notices[fake->fault_run % (sizeof notices / sizeof notices[0])];
        emit(fake, notice, strlen(notice));
    }
    for (int times = struck && fake->fault == FAULT_DOUBLE_LINE ? 2 : 1; times > 0; times--) {
        for (const char *c = text; *c != '\0'; c++) {
            if (!(struck && fake->fault == FAULT_GLUE && (*c == '\r' || *c == '\n'))) {
                emit(fake, c, 1);
            }
        }
    }
}

static void restart(struct fake_esp_at *fake, bool silently) {
    fake->joined = fake->open = fake->passive = fake->closed_withheld = false;
    fake->flow_control = fake->verifies = fake->told = false;
    fake->echo = true;
    fake->pending_length = fake->pending_at = fake->payload_left = fake->line_length = 0;
    if (!silently) {
        say(fake, "\r\nets Jun  8 2016 \xf0\x0f\r\nready\r\n");
    }
}

static void tell(struct fake_esp_at *fake) {
    if (!fake->told && fake->pending_length > fake->pending_at) {
        char notice[32];
        fake->told = true;
        snprintf(notice, sizeof notice, "\r\n+IPD,%zu\r\n", fake->pending_length - fake->pending_at);
        say(fake, notice);
    }
}

static void peer_answers(struct fake_esp_at *fake) {
    const char *answer = fake->answers[fake->next_answer];
    if (answer == NULL) {
        return;
    }
    size_t length = fake->answer_lengths[fake->next_answer];
    length = length != 0 ? length : strlen(answer);
    fake->next_answer++;
    memmove(fake->pending, fake->pending + fake->pending_at, fake->pending_length - fake->pending_at);
    fake->pending_length -= fake->pending_at;
    fake->pending_at = 0;
    memcpy(fake->pending + fake->pending_length, answer, length);
    fake->pending_length += length;
    fake->told = fake->told || fake->no_first_notice;
    tell(fake);
    fake->closed_withheld = fake->close_after_answer;
}

static void receive_data(struct fake_esp_at *fake, size_t wanted) {
    size_t left = fake->pending_length - fake->pending_at;
    if (left == 0 || !fake->passive || (fake->memory != 0 && wanted > fake->memory)) {
        say(fake, "\r\nERROR\r\n");
        return;
    }
    size_t length = wanted < left ? wanted : left;
    length -= fake->miscounts && length > 1 ? 1 : 0;
    char head[40];
    snprintf(head, sizeof head, fake->old_firmware ? "+CIPRECVDATA,%zu:" : "+CIPRECVDATA:%zu,", length);
    say(fake, head);
    emit(fake, fake->pending + fake->pending_at, length);
    fake->pending_at += length;
    fake->told = false;
    say(fake, fake->short_tail ? "\r\nOK\r\n" : "\r\n\r\nOK\r\n");
    if (fake->pending_at == fake->pending_length && fake->closed_withheld) {
        fake->open = fake->closed_withheld = false;
        say(fake, "CLOSED\r\n");
    }
    tell(fake);
}

static bool is(const char *line, const char *start) {
    return strncmp(line, start, strlen(start)) == 0;
}

// True when the command was answered in full; else *ok says what its end is.
static bool set_up(struct fake_esp_at *fake, const char *line, bool *ok) {
    char text[80];
    if (is(line, "ATE0")) {
        fake->echo = false;
    } else if (is(line, "AT+UART_CUR=")) {
        fake->flow_control = !fake->no_flow_control && strcmp(line, "AT+UART_CUR=115200,8,1,0,3") == 0;
    } else if (is(line, "AT+UART_CUR?")) {
        snprintf(text, sizeof text, "+UART_CUR:115200,8,1,0,%d\r\n", fake->flow_control ? 3 : 0);
        say(fake, text);
    } else if (is(line, "AT+CIPSSLCCONF=")) {
        *ok = !fake->no_verification;
        fake->verifies = *ok && line[15] == '2';
    } else if (is(line, "AT+CIPSSLCCONF?")) {
        say(fake, fake->verifies ? "+CIPSSLCCONF:2,0,0\r\n" : "+CIPSSLCCONF:0\r\n");
    } else if (is(line, "AT+CIPRECVTYPE=1")) {
        *ok = !fake->old_firmware && !fake->no_passive;
        fake->passive = fake->passive || *ok;
    } else if (is(line, "AT+CIPRECVMODE=1")) {
        *ok = fake->old_firmware && !fake->no_passive;
        fake->passive = fake->passive || *ok;
    } else if (is(line, "AT+CIPSNTPCFG=")) {
        say(fake, "\r\nOK\r\n");
        say(fake, "+TIME_UPDATED\r\n");
        return true;
    } else if (!is(line, "AT")) {
        *ok = false;
    }
    return false;
}

static bool connection(struct fake_esp_at *fake, const char *line, bool *ok) {
    char text[80];
    if (is(line, "AT+CWJAP=")) {
        fake->joins++;
        if (fake->join_error != NULL) {
            say(fake, fake->join_error);
            say(fake, fake->says_fail ? "\r\n\r\nFAIL\r\n" : "\r\n\r\nERROR\r\n");
            return true;
        }
        fake->joined = true;
        say(fake, "WIFI CONNECTED\r\n");
        say(fake, "WIFI GOT IP\r\n");
    } else if (is(line, "AT+CWJAP?")) {
        say(fake, fake->joined ? "+CWJAP:\"home\",\"24:0a:c4:00:00:01\",6,-50,0,1,3,0,1\r\n" : "No AP\r\n");
    } else if (is(line, "AT+CIPSTART=")) {
        fake->connects++;
        *ok = fake->joined && !fake->open;
        if (*ok) {
            fake->open = true;
            fake->passive = fake->told = false;
            say(fake, "CONNECT\r\n");
        } else {
            say(fake, fake->open ? "ALREADY CONNECTED\r\n" : "no ip\r\n");
        }
    } else if (is(line, "AT+CIPSEND=")) {
        *ok = fake->open;
        fake->payload_left = fake->payload_size = *ok ? (size_t)atoi(line + 11) : 0;
        say(fake, *ok ? "\r\nOK\r\n\r\n>" : "link is not valid\r\n\r\nERROR\r\n");
        return true;
    } else if (is(line, "AT+CIPRECVLEN?")) {
        snprintf(text, sizeof text, "+CIPRECVLEN:%zu,-1,-1,-1,-1\r\n", fake->pending_length - fake->pending_at);
        say(fake, text);
    } else if (is(line, "AT+CIPRECVDATA=")) {
        receive_data(fake, (size_t)atoi(line + 15));
        return true;
    } else if (is(line, "AT+CIPCLOSE")) {
        *ok = fake->open;
        fake->open = fake->closed_withheld = false;
        fake->pending_at = fake->pending_length;
        if (*ok) {
            say(fake, "CLOSED\r\n");
        }
    } else {
        return set_up(fake, line, ok);
    }
    return false;
}

static void command(struct fake_esp_at *fake, const char *line) {
    bool struck = ++fake->commands == fake->fault_at;
    fake->clock += 2;
    size_t seen = strlen(fake->commands_seen);
    snprintf(fake->commands_seen + seen, sizeof fake->commands_seen - seen, "%.200s\n", line);
    if (struck && (fake->fault == FAULT_RESTART || fake->fault == FAULT_SILENT_RESTART)) {
        restart(fake, fake->fault == FAULT_SILENT_RESTART);
        return;
    }
    if (struck && fake->fault == FAULT_DISCONNECT) {
        fake->joined = fake->open = false;
        fake->pending_at = fake->pending_length;
        say(fake, "WIFI DISCONNECT\r\nCLOSED\r\n");
    }
    if (struck && fake->fault == FAULT_BUSY) {
        fake->busy_left = 3;
    }
    if (fake->busy_left > 0) {
        fake->busy_left--;
        say(fake, "\r\nbusy p...\r\n");
        return;
    }
    bool ok = true;
    if (!connection(fake, line, &ok)) {
        say(fake, ok ? "\r\nOK\r\n" : "\r\nERROR\r\n");
    }
}

static void payload_complete(struct fake_esp_at *fake) {
    char text[40];
    fake->sends++;
    snprintf(text, sizeof text, "\r\nRecv %zu bytes\r\n", fake->payload_size);
    say(fake, text);
    if (!(fake->fault == FAULT_SILENT_SEND && fake->sends == fake->fault_at)) {
        say(fake, "\r\nSEND OK\r\n");
    }
    peer_answers(fake);
}

static void take(struct fake_esp_at *fake, char byte) {
    if (fake->payload_left > 0) {
        if (fake->sent_length < sizeof fake->sent - 1) {
            fake->sent[fake->sent_length++] = byte;
        }
        if (--fake->payload_left == 0) {
            payload_complete(fake);
        }
        return;
    }
    if (fake->echo) {
        emit(fake, &byte, 1);
    }
    if (byte == '\n') {
        fake->line[fake->line_length] = '\0';
        fake->line_length = 0;
        if (fake->line[0] != '\0') {
            command(fake, fake->line);
        }
    } else if (byte != '\r' && fake->line_length < sizeof fake->line - 1) {
        fake->line[fake->line_length++] = byte;
    }
}

static void fake_write(void *context, const uint8_t *data, size_t length) {
    struct fake_esp_at *fake = context;
    for (size_t i = 0; i < length; i++) {
        bool struck = ++fake->taken == fake->fault_at;
        if (struck && fake->fault == FAULT_DROP_SENT) {
            continue;
        }
        take(fake, (char)data[i]);
        if (struck && fake->fault == FAULT_DOUBLE_SENT) {
            take(fake, (char)data[i]);
        }
    }
}

static size_t fake_read(void *context, uint8_t *data, size_t size) {
    struct fake_esp_at *fake = context;
    size_t left = fake->out_length - fake->out_at;
    size_t length = size < left ? size : left;
    length = length < 7 ? length : 7; // arrives in small pieces
    memcpy(data, fake->out + fake->out_at, length);
    fake->out_at += length;
    if (fake->out_at == fake->out_length) {
        fake->out_at = fake->out_length = 0;
    }
    return length;
}

static uint32_t fake_millis(void *context) {
    return ((struct fake_esp_at *)context)->clock;
}

static void fake_idle(void *context) {
    ((struct fake_esp_at *)context)->clock++;
}

struct updraft_at_port fake_esp_at_port(struct fake_esp_at *fake) {
    fake->echo = true;
    return (struct updraft_at_port){.context = fake,
                                    .write = fake_write,
                                    .read = fake_read,
                                    .millis = fake_millis,
                                    .idle = fake_idle,
                                    .baud = 115200};
}
