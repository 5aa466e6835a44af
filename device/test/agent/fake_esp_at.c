#include "fake_esp_at.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void emit(struct fake_esp_at *fake, const char *data, size_t length) {
    for (size_t i = 0; i < length; i++) {
        fake->emitted++;
        if (fake->fault == FAULT_DROP_BYTE && fake->emitted == fake->fault_at) {
            continue;
        }
        if (fake->out_length < sizeof fake->out) {
            fake->out[fake->out_length++] = data[i];
        }
    }
}

static void say(struct fake_esp_at *fake, const char *text) {
    emit(fake, text, strlen(text));
}

static void restart(struct fake_esp_at *fake) {
    fake->joined = fake->open = fake->passive = fake->closed_withheld = false;
    fake->pending_length = fake->pending_at = fake->payload_left = fake->line_length = 0;
    say(fake, "\r\nets Jun  8 2016 \xf0\x0f\r\nready\r\n");
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
    if (!fake->no_first_notice) {
        char notice[32];
        snprintf(notice, sizeof notice, "\r\n+IPD,%zu\r\n", fake->pending_length);
        say(fake, notice);
    }
    fake->closed_withheld = fake->close_after_answer;
}

static void receive_data(struct fake_esp_at *fake, size_t wanted) {
    size_t left = fake->pending_length - fake->pending_at;
    if (left == 0 || !fake->passive) {
        say(fake, "\r\nERROR\r\n");
        return;
    }
    size_t length = wanted < left ? wanted : left;
    char head[40];
    snprintf(head, sizeof head, "+CIPRECVDATA:%zu,", length);
    say(fake, head);
    emit(fake, fake->pending + fake->pending_at, length);
    fake->pending_at += length;
    say(fake, "\r\n\r\nOK\r\n");
    if (fake->pending_at == fake->pending_length && fake->closed_withheld) {
        fake->open = fake->closed_withheld = false;
        say(fake, "CLOSED\r\n");
    }
}

static bool is(const char *line, const char *start) {
    return strncmp(line, start, strlen(start)) == 0;
}

static void command(struct fake_esp_at *fake, const char *line) {
    fake->commands++;
    if (fake->fault == FAULT_RESTART && fake->commands == fake->fault_at) {
        restart(fake);
        return;
    }
    if (fake->fault == FAULT_DISCONNECT && fake->commands == fake->fault_at) {
        fake->joined = fake->open = false;
        fake->pending_at = fake->pending_length;
        say(fake, "WIFI DISCONNECT\r\nCLOSED\r\n");
    }
    if (fake->fault == FAULT_BUSY && fake->commands == fake->fault_at) {
        fake->busy_left = 3;
    }
    if (fake->busy_left > 0) {
        fake->busy_left--;
        say(fake, "\r\nbusy p...\r\n");
        return;
    }
    bool ok = true;
    if (is(line, "AT+CWJAP=")) {
        fake->joins++;
        if (fake->join_error != NULL) {
            say(fake, fake->join_error);
            say(fake, "\r\n\r\nERROR\r\n");
            return;
        }
        fake->joined = true;
        say(fake, "WIFI CONNECTED\r\nWIFI GOT IP\r\n");
    } else if (is(line, "AT+CIPSTART=")) {
        fake->connects++;
        ok = fake->joined && !fake->open;
        if (ok) {
            fake->open = true;
            fake->passive = false;
            say(fake, "CONNECT\r\n");
        } else if (fake->open) {
            say(fake, "ALREADY CONNECTED\r\n");
        }
    } else if (is(line, "AT+CIPRECVTYPE=1")) {
        ok = !fake->old_firmware && !fake->no_passive;
        fake->passive = fake->passive || ok;
    } else if (is(line, "AT+CIPRECVMODE=1")) {
        ok = fake->old_firmware && !fake->no_passive;
        fake->passive = fake->passive || ok;
    } else if (is(line, "AT+CIPSEND=")) {
        ok = fake->open;
        fake->payload_left = ok ? (size_t)atoi(line + 11) : 0;
        say(fake, ok ? "\r\nOK\r\n\r\n>" : "link is not valid\r\n\r\nERROR\r\n");
        return;
    } else if (is(line, "AT+CIPRECVDATA=")) {
        receive_data(fake, (size_t)atoi(line + 15));
        return;
    } else if (is(line, "AT+CIPCLOSE")) {
        ok = fake->open;
        fake->open = fake->closed_withheld = false;
        fake->pending_at = fake->pending_length;
        if (ok) {
            say(fake, "CLOSED\r\n");
        }
    } else if (!is(line, "AT")) {
        ok = false;
    }
    say(fake, ok ? "\r\nOK\r\n" : "\r\nERROR\r\n");
}

static void payload_complete(struct fake_esp_at *fake) {
    char text[40];
    fake->sends++;
    snprintf(text, sizeof text, "\r\nRecv bytes\r\n");
    say(fake, text);
    if (!(fake->fault == FAULT_SILENT_SEND && fake->sends == fake->fault_at)) {
        say(fake, "\r\nSEND OK\r\n");
    }
    peer_answers(fake);
}

static void fake_write(void *context, const uint8_t *data, size_t length) {
    struct fake_esp_at *fake = context;
    for (size_t i = 0; i < length; i++) {
        if (fake->payload_left > 0) {
            if (fake->sent_length < sizeof fake->sent - 1) {
                fake->sent[fake->sent_length++] = (char)data[i];
            }
            if (--fake->payload_left == 0) {
                payload_complete(fake);
            }
        } else if (data[i] == '\n') {
            fake->line[fake->line_length] = '\0';
            fake->line_length = 0;
            if (fake->line[0] != '\0') {
                command(fake, fake->line);
            }
        } else if (data[i] != '\r' && fake->line_length < sizeof fake->line - 1) {
            fake->line[fake->line_length++] = (char)data[i];
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

struct updraft_esp_at_port fake_esp_at_port(struct fake_esp_at *fake) {
    return (struct updraft_esp_at_port){
        .context = fake, .write = fake_write, .read = fake_read, .millis = fake_millis, .idle = fake_idle};
}
