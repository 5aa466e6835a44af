#include "updraft_http.h"

#include <string.h>

enum {
    ANSWER_TIMEOUT_MS = 30000, // request and whole head
    PIECE_TIMEOUT_MS = 20000,  // one call of updraft_http_read
    SKIP_TIMEOUT_MS = 2000,
    SKIP_MAX = 512,  // a body up to this is read away rather than the connection opened anew
    CHUNK_LINE = 96, // of a chunk's head or of a trailer; what is longer ends the answer
    TRAILERS_MAX = 16,
};

void updraft_http_start(struct updraft_http_client *client, const struct updraft_network *network) {
    memset(client, 0, sizeof *client);
    client->network = network;
    client->body_done = true;
}

void updraft_http_close(struct updraft_http_client *client) {
    if (client->connected) {
        client->network->close(client->network->context);
    }
    client->connected = false;
    client->body_done = true;
    client->ahead_at = client->ahead_end = 0;
}

// ---- the request

struct text {
    uint8_t *data;
    size_t size, length;
};

static void add_bytes(struct text *text, const void *bytes, size_t length) {
    if (text->length <= text->size && length <= text->size - text->length) {
        memcpy(text->data + text->length, bytes, length);
    }
    text->length += length;
}

static void add(struct text *text, const char *string) {
    add_bytes(text, string, strlen(string));
}

static void add_number(struct text *text, uint32_t value) {
    char digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    add_bytes(text, digits + at, sizeof digits - at);
}

static bool write_request(const struct updraft_http_request *request, struct text *text) {
    add(text, request->method);
    add(text, " ");
    add(text, request->path);
    add(text, " HTTP/1.1\r\nHost: ");
    add(text, request->to->host);
    if (request->to->port != (request->to->secure ? 443 : 80)) { // a presigned address signs its Host
        add(text, ":");
        add_number(text, request->to->port);
    }
    if (request->token != NULL) {
        add(text, "\r\nAuthorization: Bearer ");
        add(text, request->token);
    }
    if (request->has_range) {
        add(text, "\r\nRange: bytes=");
        add_number(text, request->range_first);
        add(text, "-");
        add_number(text, request->range_last);
    }
    if (request->body != NULL) {
        add(text, "\r\nContent-Type: application/cbor\r\nContent-Length: ");
        add_number(text, (uint32_t)request->body_length);
    }
    add(text, "\r\nAccept-Encoding: identity\r\n\r\n");
    if (request->body != NULL) {
        add_bytes(text, request->body, request->body_length);
    }
    return text->length <= text->size;
}

// ---- bytes, each before a deadline

static uint32_t now(const struct updraft_http_client *client) {
    return client->network->millis(client->network->context);
}

// 1..size bytes; 0: the deadline passed; -1: the connection is closed or failed.
static int take(struct updraft_http_client *client, uint8_t *data, size_t size, uint32_t deadline) {
    size_t ahead = (size_t)(client->ahead_end - client->ahead_at);
    if (ahead > 0) {
        size = size < ahead ? size : ahead;
        memcpy(data, client->ahead + client->ahead_at, size);
        client->ahead_at += (uint16_t)size;
        return (int)size;
    }
    int32_t left = (int32_t)(deadline - now(client));
    if (left <= 0) {
        client->problem = "too slow";
        return 0;
    }
    int got = client->network->receive(client->network->context, data, size, (uint32_t)left);
    if (got <= 0) {
        client->problem = got == 0 ? "too slow" : "the connection broke";
    }
    return got;
}

// At least one byte into `ahead`, which is empty.
static bool read_ahead(struct updraft_http_client *client, uint32_t deadline) {
    int got = take(client, client->ahead, sizeof client->ahead, deadline);
    client->ahead_at = 0;
    client->ahead_end = got > 0 ? (uint16_t)got : 0;
    return got > 0;
}

static bool take_ahead(struct updraft_http_client *client, uint8_t *byte, uint32_t deadline) {
    if (client->ahead_at == client->ahead_end && !read_ahead(client, deadline)) {
        return false;
    }
    *byte = client->ahead[client->ahead_at++];
    return true;
}

// ---- the answer's head

static enum updraft_http_result read_head(struct updraft_http_client *client, struct updraft_http_answer *answer,
                                          char *location, size_t location_size, uint32_t deadline) {
    struct updraft_http_parser parser;
    updraft_http_parser_start(&parser, location, location_size);
    enum updraft_http_step step = UPDRAFT_HTTP_MORE;
    while (step == UPDRAFT_HTTP_MORE) {
        uint8_t byte;
        if (!take_ahead(client, &byte, deadline)) {
            return UPDRAFT_HTTP_FAILED;
        }
        step = updraft_http_parser_take(&parser, byte);
    }
    if (step == UPDRAFT_HTTP_BAD) {
        client->problem = parser.problem;
        return UPDRAFT_HTTP_REFUSED;
    }
    *answer = parser.answer;
    client->framing = answer->framing;
    client->body_left = answer->framing == UPDRAFT_HTTP_LENGTH ? answer->length : 0;
    client->body_done = answer->framing == UPDRAFT_HTTP_LENGTH && answer->length == 0;
    client->in_chunks = false;
    client->close_after = answer->close;
    return UPDRAFT_HTTP_OK;
}

enum updraft_http_result updraft_http_send(struct updraft_http_client *client,
                                           const struct updraft_http_request *request, uint8_t *scratch,
                                           size_t scratch_size, struct updraft_http_answer *answer) {
    const struct updraft_network *network = client->network;
    updraft_http_finish(client);
    if (client->connected && !updraft_http_same_address(&client->at, request->to)) {
        updraft_http_close(client);
    }
    struct text text = {.data = scratch, .size = scratch_size};
    if (!write_request(request, &text)) {
        client->problem = "an address too long for the buffer";
        return UPDRAFT_HTTP_REFUSED;
    }
    for (;;) {
        bool kept = client->connected;
        client->problem = NULL;
        if (!kept) {
            network->close(network->context);
            if (!network->connect(network->context, request->to->host, request->to->port, request->to->secure)) {
                client->problem = "no connection";
                return UPDRAFT_HTTP_FAILED;
            }
            client->at = *request->to;
            client->connected = true;
        }
        uint32_t deadline = now(client) + ANSWER_TIMEOUT_MS;
        enum updraft_http_result result = UPDRAFT_HTTP_FAILED;
        client->problem = "the connection broke";
        if (network->send(network->context, text.data, text.length)) {
            result = read_head(client, answer, (char *)scratch + text.length, scratch_size - text.length, deadline);
        }
        if (result == UPDRAFT_HTTP_OK) {
            client->problem = NULL;
            return UPDRAFT_HTTP_OK;
        }
        bool slow = (int32_t)(deadline - now(client)) <= 0;
        updraft_http_close(client);
        if (!kept || slow || result == UPDRAFT_HTTP_REFUSED) {
            return result;
        }
    }
}

// ---- the body

// A line of the chunked coding into text, without its end; false when it is too long or does not come.
static bool take_chunk_line(struct updraft_http_client *client, char text[CHUNK_LINE], uint32_t deadline) {
    for (size_t length = 0; length < CHUNK_LINE;) {
        uint8_t byte;
        if (!take_ahead(client, &byte, deadline)) {
            return false;
        }
        if (byte == '\n') {
            length -= length > 0 && text[length - 1] == '\r' ? 1 : 0;
            text[length] = '\0';
            return true;
        }
        text[length++] = (char)byte;
    }
    client->problem = "a chunk's head that is too long";
    return false;
}

static int hex(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

// The head of the next chunk (RFC 9112, 7.1): its length, and behind the last one the trailers, which say nothing here.
static bool next_chunk(struct updraft_http_client *client, uint32_t deadline) {
    char line[CHUNK_LINE];
    if (client->in_chunks && (!take_chunk_line(client, line, deadline) || line[0] != '\0')) {
        return false;
    }
    client->in_chunks = true;
    if (!take_chunk_line(client, line, deadline)) {
        return false;
    }
    uint32_t length = 0;
    size_t digits = 0;
    for (; hex(line[digits]) >= 0; digits++) {
        if (length >> 28 != 0) {
            client->problem = "a chunk that is too large";
            return false;
        }
        length = length << 4 | (uint32_t)hex(line[digits]);
    }
    if (digits == 0 || line[digits + strspn(line + digits, " \t")] != (strchr(line, ';') != NULL ? ';' : '\0')) {
        client->problem = "a chunk's length that is none";
        return false;
    }
    client->body_left = length;
    for (int trailers = 0; length == 0 && !client->body_done; trailers++) {
        if (trailers == TRAILERS_MAX || !take_chunk_line(client, line, deadline)) {
            return false;
        }
        client->body_done = line[0] == '\0';
    }
    return true;
}

static int read_body(struct updraft_http_client *client, uint8_t *data, size_t size, uint32_t deadline) {
    size_t done = 0;
    while (done < size && !client->body_done) {
        if (client->framing == UPDRAFT_HTTP_CHUNKED && client->body_left == 0) {
            if (!next_chunk(client, deadline)) {
                client->problem = client->problem != NULL ? client->problem : "chunks that do not fit together";
                return UPDRAFT_HTTP_FAILED;
            }
            continue;
        }
        size_t part = size - done;
        if (client->framing != UPDRAFT_HTTP_UNTIL_CLOSE && part > client->body_left) {
            part = client->body_left;
        }
        int got = client->connected ? take(client, data + done, part, deadline) : -1;
        if (got < 0 && client->framing == UPDRAFT_HTTP_UNTIL_CLOSE) {
            client->body_done = true;
            client->problem = NULL;
            break;
        }
        if (got <= 0) {
            return UPDRAFT_HTTP_FAILED;
        }
        done += (size_t)got;
        client->body_left -= client->framing == UPDRAFT_HTTP_UNTIL_CLOSE ? 0 : (uint32_t)got;
        client->body_done = client->framing == UPDRAFT_HTTP_LENGTH && client->body_left == 0;
    }
    return (int)done;
}

int updraft_http_read(struct updraft_http_client *client, uint8_t *data, size_t size) {
    client->problem = NULL;
    int got = read_body(client, data, size, now(client) + PIECE_TIMEOUT_MS);
    if (got < 0) {
        updraft_http_close(client);
    }
    return got;
}

void updraft_http_finish(struct updraft_http_client *client) {
    uint8_t skipped[32];
    uint32_t deadline = now(client) + SKIP_TIMEOUT_MS;
    for (int part = 0; client->connected && !client->body_done; part++) {
        if (part == SKIP_MAX / (int)sizeof skipped || client->framing == UPDRAFT_HTTP_UNTIL_CLOSE ||
            client->body_left > SKIP_MAX || read_body(client, skipped, sizeof skipped, deadline) < 0) {
            updraft_http_close(client);
        }
    }
    if (client->connected && (client->close_after || client->ahead_at != client->ahead_end)) {
        updraft_http_close(client);
    }
    client->close_after = false;
}
