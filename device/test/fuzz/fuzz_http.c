// Whatever comes over the wire in place of an HTTP answer, in whatever pieces (the first byte chooses their size).
#include "updraft_http.h"

#include <stdlib.h>
#include <string.h>

struct wire {
    const uint8_t *data;
    size_t size, at, piece;
    uint32_t clock;
};

static bool wire_connect(void *context, const char *host, uint16_t port, bool secure) {
    (void)context, (void)host, (void)port, (void)secure;
    return true;
}

static bool wire_send(void *context, const uint8_t *data, size_t length) {
    (void)context, (void)data, (void)length;
    return true;
}

static int wire_receive(void *context, uint8_t *data, size_t size, uint32_t timeout_ms) {
    struct wire *wire = context;
    size_t left = wire->size - wire->at;
    size_t length = size < left ? size : left;
    length = length < wire->piece ? length : wire->piece;
    if (length == 0) {
        wire->clock += timeout_ms;
        return wire->piece % 2 == 0 ? 0 : -1;
    }
    memcpy(data, wire->data + wire->at, length);
    wire->at += length;
    return (int)length;
}

static void wire_close(void *context) {
    (void)context;
}

static uint32_t wire_millis(void *context) {
    return ((struct wire *)context)->clock++;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    struct wire wire = {.data = data + 1, .size = size - 1, .piece = 1U + data[0]};
    struct updraft_network network = {&wire, wire_connect, wire_send, wire_receive, wire_close, wire_millis};
    struct updraft_http_client client;
    struct updraft_http_address server = {.host = "h", .port = 80};
    uint8_t scratch[256], body[100];
    updraft_http_start(&client, &network);
    for (int i = 0; i < 3; i++) {
        struct updraft_http_answer answer;
        struct updraft_http_request request = {.method = "GET", .to = &server, .path = "/"};
        if (updraft_http_send(&client, &request, scratch, sizeof scratch, &answer) != UPDRAFT_HTTP_OK) {
            break;
        }
        if (answer.has_range && (answer.range_first > answer.range_last ||
                                 (answer.range_total != UINT32_MAX && answer.range_last >= answer.range_total))) {
            abort();
        }
        uint64_t total = 0;
        int got;
        if (answer.location != NULL && strlen(answer.location) >= sizeof scratch) {
            abort();
        }
        while ((got = updraft_http_read(&client, body, sizeof body)) > 0) {
            total += (uint64_t)got;
        }
        if (answer.framing == UPDRAFT_HTTP_LENGTH && (total > answer.length || (got == 0 && total != answer.length))) {
            abort();
        }
    }
    const char *path;
    char url[128] = {0};
    memcpy(url, data, size < sizeof url - 1 ? size : sizeof url - 1);
    (void)updraft_http_parse_address(url, &server, &path);
    return 0;
}
