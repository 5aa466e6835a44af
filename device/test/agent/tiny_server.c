#define _POSIX_C_SOURCE 200809L
#include "tiny_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "updraft_cbor.h"

static struct tiny_server *server;
static int listening = -1;
static pthread_t thread;

static bool send_all(int to, const void *data, size_t length) {
    const char *at = data;
    while (length > 0) {
        ssize_t sent = send(to, at, length, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        at += sent;
        length -= (size_t)sent;
    }
    return true;
}

static bool answer(int to, unsigned status, const char *more, const void *body, size_t length) {
    char head[512];
    int head_length = snprintf(head, sizeof head, "HTTP/1.1 %u X\r\nServer: tiny\r\n%s", status, more);
    if (server->next_check_in > 0 || server->asks_at_once) {
        head_length += snprintf(head + head_length, sizeof head - (size_t)head_length, "Next-Check-In: %u\r\n",
                                server->asks_at_once ? 0 : server->next_check_in);
    }
    if (server->retry_after > 0) {
        head_length +=
            snprintf(head + head_length, sizeof head - (size_t)head_length, "Retry-After: %u\r\n", server->retry_after);
    }
    head_length +=
        snprintf(head + head_length, sizeof head - (size_t)head_length, "Content-Length: %zu\r\n\r\n", length);
    return send_all(to, head, (size_t)head_length) && send_all(to, body, length) && !server->close_always;
}

static bool serve_file(int to, const char *head) {
    if (server->file_status != 0) {
        return answer(to, server->file_status, server->file_fields != NULL ? server->file_fields : "", "sorry", 5);
    }
    const char *range = strstr(head, "Range: bytes=");
    size_t first = 0, last = server->file_length - 1;
    if (range == NULL || sscanf(range, "Range: bytes=%zu-%zu", &first, &last) != 2 || last >= server->file_length ||
        first > last) {
        return answer(to, 416, "", "", 0);
    }
    server->fetches++;
    char more[80] = "";
    if (server->knows_no_ranges) {
        first = 0;
        last = server->file_length - 1;
    }
    size_t length = last - first + 1;
    unsigned status = server->knows_no_ranges ? 200 : 206;
    if (!server->knows_no_ranges)
        snprintf(more, sizeof more, "Content-Range: bytes %zu-%zu/%zu\r\n", first, last, server->file_length);
    if (server->cut_after > 0 && server->cut_after < length && server->cuts_left > 0) {
        server->cuts_left--;
        char cut_head[200];
        int head_length =
            snprintf(cut_head, sizeof cut_head, "HTTP/1.1 %u X\r\n%sContent-Length: %zu\r\n\r\n", status, more, length);
        send_all(to, cut_head, (size_t)head_length);
        send_all(to, server->file + first, server->cut_after);
        server->fetched += server->cut_after;
        return false;
    }
    server->fetched += length;
    return answer(to, status, more, server->file + first, length);
}

static void note_report(const uint8_t *body, size_t length) {
    struct updraft_cbor_reader reader = {.data = body, .size = length};
    uint32_t pairs = 0, key;
    if (server->report_count == TINY_REPORTS_MAX || !updraft_cbor_read_map(&reader, &pairs)) {
        return;
    }
    unsigned at = server->report_count;
    memset(&server->reports[at], 0, sizeof server->reports[at]);
    while (pairs-- > 0 && updraft_cbor_read_uint(&reader, &key)) {
        const char *text;
        size_t text_length;
        if (key == 1) {
            updraft_cbor_read_uint(&reader, &server->reports[at].seq);
        } else if (key == 2) {
            updraft_cbor_read_uint(&reader, &server->reports[at].event);
        } else if (key == 4 && updraft_cbor_read_text(&reader, &text, &text_length)) {
            snprintf(server->reports[at].reason, sizeof server->reports[at].reason, "%.*s", (int)text_length, text);
        } else if (key == 5 && updraft_cbor_read_text(&reader, &text, &text_length)) {
            snprintf(server->reports[at].detail, sizeof server->reports[at].detail, "%.*s", (int)text_length, text);
        } else if (key != 4 && key != 5) {
            updraft_cbor_skip(&reader);
        }
    }
    server->report_count++;
}

static bool serve(int to, const char *head, const uint8_t *body, size_t length) {
    if (strstr(head, "Authorization: Bearer secret\r\n") == NULL) {
        return answer(to, 401, "", "no", 2);
    }
    if (strncmp(head, "GET /file ", 10) == 0) {
        return serve_file(to, head);
    }
    if (strncmp(head, "POST /device/v1/d-1/reports ", 28) == 0) {
        note_report(body, length);
        if (server->lose_acknowledgements > 0) {
            server->lose_acknowledgements--;
            return false;
        }
        return answer(to, server->report_status != 0 ? server->report_status : 204, "", "", 0);
    }
    if (strncmp(head, "POST /device/v1/d-1/check-in ", 29) == 0) {
        server->check_ins++;
        if (server->check_in_status != 0) {
            return answer(to, server->check_in_status, "", "sorry", 5);
        }
        bool offers = server->offer != NULL && server->offers_left != 1;
        server->offers_left -= server->offers_left > 1 ? 1 : 0;
        return offers ? answer(to, 200, "", server->offer, server->offer_length) : answer(to, 204, "", "", 0);
    }
    return answer(to, 404, "", "", 0);
}

// One request: false when the connection is to be closed.
static bool one(int client) {
    static char request[8192];
    size_t length = 0;
    char *end = NULL;
    while (end == NULL) {
        ssize_t got = recv(client, request + length, sizeof request - 1 - length, 0);
        if (got <= 0) {
            return false;
        }
        length += (size_t)got;
        request[length] = '\0';
        end = strstr(request, "\r\n\r\n");
    }
    size_t body_length = 0;
    const char *field = strstr(request, "Content-Length: ");
    if (field != NULL && field < end) {
        body_length = (size_t)atoi(field + 16);
    }
    size_t head_length = (size_t)(end + 4 - request);
    while (length < head_length + body_length) {
        ssize_t got = recv(client, request + length, sizeof request - 1 - length, 0);
        if (got <= 0) {
            return false;
        }
        length += (size_t)got;
    }
    return serve(client, request, (const uint8_t *)request + head_length, body_length);
}

static void *run(void *context) {
    (void)context;
    for (;;) {
        int client = accept(listening, NULL, NULL);
        if (client < 0) {
            return NULL;
        }
        int yes = 1;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        server->connections++;
        while (one(client)) {
        }
        close(client);
    }
}

uint16_t tiny_server_start(struct tiny_server *with) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server = with;
    listening = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listening, (struct sockaddr *)&address, size) != 0 || listen(listening, 4) != 0 ||
        getsockname(listening, (struct sockaddr *)&address, &size) != 0 ||
        pthread_create(&thread, NULL, run, NULL) != 0) {
        return 0;
    }
    return ntohs(address.sin_port);
}

void tiny_server_stop(void) {
    shutdown(listening, SHUT_RDWR);
    close(listening);
    pthread_join(thread, NULL);
}
