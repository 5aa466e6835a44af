#include "updraft_http.h"

#include <string.h>

enum {
    ANSWER_TIMEOUT_MS = 30000, // whole head
    BODY_TIMEOUT_MS = 15000,   // until the next byte
    SKIP_MAX = 512,            // a body up to this is read away rather than the connection opened anew
};

// ---- addresses

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

// Takes decimal digits at *at; false for none or a number over 32 bits.
static bool take_number(const char **at, uint32_t *value) {
    uint64_t number = 0;
    if (!is_digit(**at)) {
        return false;
    }
    for (; is_digit(**at); (*at)++) {
        number = number * 10 + (uint64_t)(**at - '0');
        if (number > UINT32_MAX) {
            return false;
        }
    }
    *value = (uint32_t)number;
    return true;
}

bool updraft_http_parse_address(const char *url, struct updraft_http_address *address, const char **path) {
    memset(address, 0, sizeof *address);
    address->secure = starts_with(url, "https://");
    if (address->secure) {
        url += 8;
    } else if (starts_with(url, "http://")) {
        url += 7;
    }
    size_t length = 0;
    for (; *url != '\0' && *url != ':' && *url != '/'; url++) {
        char c = lower(*url);
        if (length == UPDRAFT_HTTP_HOST_MAX ||
            !(is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_')) {
            return false;
        }
        address->host[length++] = *url;
    }
    uint32_t port = address->secure ? 443 : 80;
    if (*url == ':') {
        url++;
        if (!take_number(&url, &port)) {
            return false;
        }
    }
    if (length == 0 || port == 0 || port > UINT16_MAX || (*url != '\0' && *url != '/')) {
        return false;
    }
    address->port = (uint16_t)port;
    *path = url;
    for (; *url != '\0'; url++) {
        if (*url <= ' ' || *url > '~') {
            return false;
        }
    }
    return true;
}

// ---- the head of an answer

void updraft_http_parser_start(struct updraft_http_parser *parser) {
    memset(parser, 0, sizeof *parser);
    parser->first = true;
    parser->answer.next_check_in = parser->answer.retry_after = UINT32_MAX;
}

// "HTTP/1.1 200 OK"
static bool take_status_line(struct updraft_http_answer *answer, const char *line) {
    if (!starts_with(line, "HTTP/1.") || !is_digit(line[7]) || line[8] != ' ') {
        return false;
    }
    answer->close = line[7] == '0';
    const char *at = line + 9;
    uint32_t status;
    if (!take_number(&at, &status) || at != line + 12 || (*at != ' ' && *at != '\0')) {
        return false;
    }
    answer->status = (uint16_t)status;
    return status >= 100;
}

// The value of the line's field if its name is `name` (lower case), else NULL.
static const char *field(const char *line, const char *name) {
    for (; *name != '\0'; name++, line++) {
        if (lower(*line) != *name) {
            return NULL;
        }
    }
    if (*line++ != ':') {
        return NULL;
    }
    while (*line == ' ' || *line == '\t') {
        line++;
    }
    return line;
}

static bool whole_number(const char *value, uint32_t *number) {
    if (!take_number(&value, number)) {
        return false;
    }
    while (*value == ' ' || *value == '\t') {
        value++;
    }
    return *value == '\0';
}

static bool has_token(const char *value, const char *token) { // in a comma-separated list, any case
    size_t length = strlen(token);
    while (*value != '\0') {
        size_t i = 0;
        while (i < length && lower(value[i]) == token[i]) {
            i++;
        }
        if (i == length && (value[i] == '\0' || value[i] == ',' || value[i] == ' ')) {
            return true;
        }
        while (*value != '\0' && *value != ',') {
            value++;
        }
        while (*value == ',' || *value == ' ') {
            value++;
        }
    }
    return false;
}

static bool take_content_range(struct updraft_http_answer *answer, const char *value) {
    const char *at = value;
    if (!starts_with(at, "bytes ")) {
        return false;
    }
    at += 6;
    if (*at == '*') { // "bytes */total", of a 416
        return true;
    }
    answer->has_range = take_number(&at, &answer->range_first) && *at++ == '-' &&
                        take_number(&at, &answer->range_last) && *at++ == '/' &&
                        take_number(&at, &answer->range_total) && answer->range_first <= answer->range_last &&
                        answer->range_last < answer->range_total;
    return answer->has_range;
}

static bool take_field(struct updraft_http_parser *parser) {
    struct updraft_http_answer *answer = &parser->answer;
    const char *line = parser->line, *value;
    if ((value = field(line, "content-length")) != NULL) {
        uint32_t length;
        if (!whole_number(value, &length) || (parser->has_length && length != answer->length)) {
            return false;
        }
        answer->length = length;
        parser->has_length = true;
    } else if ((value = field(line, "content-range")) != NULL) {
        return take_content_range(answer, value);
    } else if (field(line, "transfer-encoding") != NULL || field(line, "content-encoding") != NULL) {
        parser->coded = true;
    } else if ((value = field(line, "connection")) != NULL) {
        answer->close = answer->close || has_token(value, "close");
    } else if ((value = field(line, "next-check-in")) != NULL) {
        return whole_number(value, &answer->next_check_in);
    } else if ((value = field(line, "retry-after")) != NULL) {
        uint32_t seconds; // the form with a date is legal, and of no use without a clock
        if (whole_number(value, &seconds)) {
            answer->retry_after = seconds;
        }
        return true;
    } else {
        return strchr(line, ':') != NULL || parser->cut;
    }
    return !parser->cut;
}

static enum updraft_http_step head_complete(struct updraft_http_parser *parser) {
    uint16_t status = parser->answer.status;
    if (status < 200) { // an interim answer: the real one follows
        uint16_t taken = parser->taken;
        updraft_http_parser_start(parser);
        parser->taken = taken;
        return status == 101 ? UPDRAFT_HTTP_BAD : UPDRAFT_HTTP_MORE;
    }
    if (status == 204 || status == 304) {
        parser->answer.length = 0;
        return UPDRAFT_HTTP_DONE;
    }
    return parser->has_length && !parser->coded ? UPDRAFT_HTTP_DONE : UPDRAFT_HTTP_BAD;
}

enum updraft_http_step updraft_http_parser_take(struct updraft_http_parser *parser, uint8_t byte) {
    if (++parser->taken > UPDRAFT_HTTP_HEAD_MAX || byte == '\0') {
        return UPDRAFT_HTTP_BAD;
    }
    if (byte != '\n') {
        if (parser->line_length < sizeof parser->line - 1) {
            parser->line[parser->line_length++] = (char)byte;
        } else {
            parser->cut = parser->cut || byte != '\r';
        }
        return UPDRAFT_HTTP_MORE;
    }
    if (parser->line_length > 0 && parser->line[parser->line_length - 1] == '\r') {
        parser->line_length--;
    }
    parser->line[parser->line_length] = '\0';
    if (parser->line_length == 0) {
        return parser->first ? UPDRAFT_HTTP_BAD : head_complete(parser);
    }
    bool good = parser->first ? take_status_line(&parser->answer, parser->line) : take_field(parser);
    parser->first = false;
    parser->line_length = 0;
    parser->cut = false;
    return good ? UPDRAFT_HTTP_MORE : UPDRAFT_HTTP_BAD;
}

// ---- the client

void updraft_http_start(struct updraft_http_client *client, const struct updraft_network *network) {
    memset(client, 0, sizeof *client);
    client->network = network;
}

void updraft_http_close(struct updraft_http_client *client) {
    if (client->connected) {
        client->network->close(client->network->context);
    }
    client->connected = false;
    client->body_left = 0;
    client->ahead_at = client->ahead_end = 0;
}

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
    add(text, ":");
    add_number(text, request->to->port);
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

// At least one byte more into `ahead`.
static bool read_ahead(struct updraft_http_client *client, uint32_t timeout_ms) {
    const struct updraft_network *network = client->network;
    int got = network->receive(network->context, client->ahead, sizeof client->ahead, timeout_ms);
    client->ahead_at = 0;
    client->ahead_end = got > 0 ? (uint16_t)got : 0;
    return got > 0;
}

static enum updraft_http_result read_head(struct updraft_http_client *client, struct updraft_http_answer *answer) {
    const struct updraft_network *network = client->network;
    uint32_t start = network->millis(network->context);
    struct updraft_http_parser parser;
    updraft_http_parser_start(&parser);
    enum updraft_http_step step = UPDRAFT_HTTP_MORE;
    while (step == UPDRAFT_HTTP_MORE) {
        if (client->ahead_at == client->ahead_end) {
            uint32_t waited = network->millis(network->context) - start;
            if (waited >= ANSWER_TIMEOUT_MS || !read_ahead(client, ANSWER_TIMEOUT_MS - waited)) {
                return UPDRAFT_HTTP_FAILED;
            }
        }
        step = updraft_http_parser_take(&parser, client->ahead[client->ahead_at++]);
    }
    *answer = parser.answer;
    client->body_left = answer->length;
    client->close_after = answer->close;
    return step == UPDRAFT_HTTP_DONE ? UPDRAFT_HTTP_OK : UPDRAFT_HTTP_REFUSED;
}

static bool same_address(const struct updraft_http_address *a, const struct updraft_http_address *b) {
    return a->port == b->port && a->secure == b->secure && strcmp(a->host, b->host) == 0;
}

enum updraft_http_result updraft_http_send(struct updraft_http_client *client,
                                           const struct updraft_http_request *request, uint8_t *scratch,
                                           size_t scratch_size, struct updraft_http_answer *answer) {
    const struct updraft_network *network = client->network;
    updraft_http_finish(client);
    if (client->connected && !same_address(&client->at, request->to)) {
        updraft_http_close(client);
    }
    struct text text = {.data = scratch, .size = scratch_size};
    if (!write_request(request, &text)) {
        return UPDRAFT_HTTP_REFUSED;
    }
    for (;;) {
        bool kept = client->connected;
        if (!kept) {
            network->close(network->context);
            if (!network->connect(network->context, request->to->host, request->to->port, request->to->secure)) {
                return UPDRAFT_HTTP_FAILED;
            }
            client->at = *request->to;
            client->connected = true;
        }
        enum updraft_http_result result = UPDRAFT_HTTP_FAILED;
        if (network->send(network->context, text.data, text.length)) {
            result = read_head(client, answer);
        }
        if (result == UPDRAFT_HTTP_OK) {
            return UPDRAFT_HTTP_OK;
        }
        updraft_http_close(client);
        if (!kept || result == UPDRAFT_HTTP_REFUSED) {
            return result;
        }
    }
}

int updraft_http_read(struct updraft_http_client *client, uint8_t *data, size_t size) {
    const struct updraft_network *network = client->network;
    if (size > client->body_left) {
        size = client->body_left;
    }
    if (size == 0) {
        return 0;
    }
    size_t ahead = (size_t)(client->ahead_end - client->ahead_at);
    if (ahead > 0) {
        size = size < ahead ? size : ahead;
        memcpy(data, client->ahead + client->ahead_at, size);
        client->ahead_at += (uint16_t)size;
    } else {
        int got = client->connected ? network->receive(network->context, data, size, BODY_TIMEOUT_MS) : -1;
        if (got <= 0) {
            updraft_http_close(client);
            return UPDRAFT_HTTP_FAILED;
        }
        size = (size_t)got;
    }
    client->body_left -= (uint32_t)size;
    return (int)size;
}

bool updraft_http_read_all(struct updraft_http_client *client, const struct updraft_http_answer *answer, uint8_t *data,
                           size_t size) {
    if (answer->length > size) {
        return false;
    }
    size_t at = 0;
    while (at < answer->length) {
        int got = updraft_http_read(client, data + at, answer->length - at);
        if (got <= 0) {
            return false;
        }
        at += (size_t)got;
    }
    return true;
}

void updraft_http_finish(struct updraft_http_client *client) {
    uint8_t skipped[32];
    if (client->body_left > SKIP_MAX) {
        updraft_http_close(client);
    }
    while (client->body_left > 0 && updraft_http_read(client, skipped, sizeof skipped) > 0) {
    }
    if (client->connected && (client->close_after || client->ahead_at != client->ahead_end)) {
        updraft_http_close(client);
    }
    client->close_after = false;
}
