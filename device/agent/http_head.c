// Addresses, and the head of an answer.
#include "updraft_http.h"

#include <string.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

// Whether text begins with `start` (lower case), in any case.
static bool begins(const char *text, const char *start) {
    for (; *start != '\0'; text++, start++) {
        if (lower(*text) != *start) {
            return false;
        }
    }
    return true;
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

// ---- addresses

bool updraft_http_parse_address(const char *url, struct updraft_http_address *address, const char **path) {
    memset(address, 0, sizeof *address);
    address->secure = begins(url, "https://");
    if (address->secure) {
        url += 8;
    } else if (begins(url, "http://")) {
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

bool updraft_http_same_address(const struct updraft_http_address *a, const struct updraft_http_address *b) {
    return a->port == b->port && a->secure == b->secure && strcmp(a->host, b->host) == 0;
}

// ---- fields

void updraft_http_parser_start(struct updraft_http_parser *parser, char *location, size_t location_size) {
    memset(parser, 0, sizeof *parser);
    parser->first = true;
    parser->location = location;
    parser->location_size = location_size;
    parser->answer.length = parser->answer.next_check_in = parser->answer.retry_after = UINT32_MAX;
    parser->problem = "not HTTP";
}

// "HTTP/1.1 200 OK"
static bool take_status_line(struct updraft_http_answer *answer, const char *line) {
    if (strncmp(line, "HTTP/1.", 7) != 0 || !is_digit(line[7]) || line[8] != ' ') {
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
    if (!begins(line, name) || line[strlen(name)] != ':') {
        return NULL;
    }
    line += strlen(name) + 1;
    return line + strspn(line, " \t");
}

static bool ends(const char *value) {
    return value[strspn(value, " \t")] == '\0';
}

static bool whole_number(const char *value, uint32_t *number) {
    return take_number(&value, number) && ends(value);
}

// Whether the value is this token alone.
static bool is_token(const char *value, const char *token) {
    return begins(value, token) && ends(value + strlen(token));
}

static bool has_token(const char *value, const char *token) { // in a comma-separated list, any case
    for (;;) {
        value += strspn(value, ", \t");
        if (*value == '\0') {
            return false;
        }
        size_t length = strcspn(value, ", \t");
        if (length == strlen(token) && begins(value, token)) {
            return true;
        }
        value += strcspn(value, ",");
    }
}

static bool take_content_range(struct updraft_http_answer *answer, const char *value) {
    if (!begins(value, "bytes ")) {
        return false;
    }
    const char *at = value + 6;
    if (*at == '*') { // "bytes */total", of a 416
        return true;
    }
    if (!take_number(&at, &answer->range_first) || *at++ != '-' || !take_number(&at, &answer->range_last) ||
        *at++ != '/') {
        return false;
    }
    answer->range_total = UINT32_MAX;
    if (*at == '*') { // "bytes 0-99/*": its total is not known
        at++;
    } else if (!take_number(&at, &answer->range_total) || answer->range_last >= answer->range_total) {
        return false;
    }
    answer->has_range = ends(at) && answer->range_first <= answer->range_last;
    return answer->has_range;
}

static bool take_length(struct updraft_http_parser *parser, const char *value) {
    uint32_t length;
    if (!whole_number(value, &length) || (parser->has_length && length != parser->answer.length)) {
        parser->problem = "a length that is none";
        return false;
    }
    parser->answer.length = length;
    parser->has_length = true;
    return true;
}

// A field that matters here. False: it is not understood. *ours: whether it is one of them.
static bool take_ours(struct updraft_http_parser *parser, const char *line, bool *ours) {
    struct updraft_http_answer *answer = &parser->answer;
    const char *value;
    *ours = true;
    if ((value = field(line, "content-length")) != NULL) {
        return take_length(parser, value);
    }
    if ((value = field(line, "content-range")) != NULL) {
        parser->problem = "a range that is none";
        return take_content_range(answer, value);
    }
    if ((value = field(line, "transfer-encoding")) != NULL) {
        answer->framing = UPDRAFT_HTTP_CHUNKED;
        parser->problem = "a transfer coding other than chunked";
        return is_token(value, "chunked");
    }
    if ((value = field(line, "content-encoding")) != NULL) {
        parser->problem =
            has_token(value, "gzip") ? "gzip, which was not asked for" : "a content coding, which was not asked for";
        return is_token(value, "identity");
    }
    if ((value = field(line, "content-type")) != NULL) {
        answer->is_html = begins(value, "text/html");
        return true;
    }
    if ((value = field(line, "connection")) != NULL) {
        answer->close = answer->close || has_token(value, "close");
        return true;
    }
    if ((value = field(line, "next-check-in")) != NULL) {
        parser->problem = "a Next-Check-In that is no number";
        return whole_number(value, &answer->next_check_in);
    }
    if ((value = field(line, "retry-after")) != NULL) {
        uint32_t seconds; // the form with a date is legal, and of no use without a clock
        if (whole_number(value, &seconds)) {
            answer->retry_after = seconds;
        }
        return true;
    }
    *ours = false;
    return true;
}

static bool take_field(struct updraft_http_parser *parser) {
    const char *line = parser->line;
    if (*line == ' ' || *line == '\t') { // folded (RFC 9112, 5.2): the rest of the field before
        parser->problem = "a folded field";
        return !parser->ours;
    }
    if (parser->in_location) {
        parser->ours = true;
        return true;
    }
    bool good = take_ours(parser, line, &parser->ours);
    if (good && parser->ours && parser->cut && field(line, "content-type") == NULL &&
        field(line, "connection") == NULL) {
        parser->problem = "a field that is too long";
        return false;
    }
    return good && (parser->ours || parser->cut || strchr(line, ':') != NULL);
}

// ---- the head

static enum updraft_http_step head_complete(struct updraft_http_parser *parser) {
    struct updraft_http_answer *answer = &parser->answer;
    if (answer->status < 200) { // an interim answer: the real one follows
        uint16_t taken = parser->taken;
        bool switches = answer->status == 101;
        updraft_http_parser_start(parser, parser->location, parser->location_size);
        parser->taken = taken;
        return switches ? UPDRAFT_HTTP_BAD : UPDRAFT_HTTP_MORE;
    }
    if (parser->location_length > 0) {
        answer->location = parser->location;
    }
    if (answer->status == 204 || answer->status == 304) {
        answer->framing = UPDRAFT_HTTP_LENGTH;
        answer->length = 0;
    } else if (answer->framing == UPDRAFT_HTTP_CHUNKED) {
        answer->close = answer->close || parser->has_length; // two lengths: RFC 9112, 6.1
        answer->length = UINT32_MAX;
    } else if (!parser->has_length) {
        answer->framing = UPDRAFT_HTTP_UNTIL_CLOSE;
        answer->close = true;
    }
    return UPDRAFT_HTTP_DONE;
}

// A Location may be longer than a line that is looked at: it goes where it is wanted as it comes.
static void take_location_byte(struct updraft_http_parser *parser, char byte) {
    if (byte == '\r' || (parser->location_length == 0 && (byte == ' ' || byte == '\t'))) {
        return;
    }
    if (parser->location_length + 1 < parser->location_size) {
        parser->location[parser->location_length++] = byte;
        parser->location[parser->location_length] = '\0';
    } else {
        parser->location_size = 0; // no room: there is none
        parser->location_length = 0;
    }
}

enum updraft_http_step updraft_http_parser_take(struct updraft_http_parser *parser, uint8_t byte) {
    if (++parser->taken > UPDRAFT_HTTP_HEAD_MAX) {
        parser->problem = "a head that is too long";
        return UPDRAFT_HTTP_BAD;
    }
    if (byte == '\0') {
        return UPDRAFT_HTTP_BAD;
    }
    if (byte != '\n') {
        if (parser->in_location) {
            take_location_byte(parser, (char)byte);
        } else if (parser->line_length < sizeof parser->line - 1) {
            parser->line[parser->line_length++] = (char)byte;
            parser->line[parser->line_length] = '\0';
            parser->in_location =
                parser->location_length == 0 && byte == ':' && field(parser->line, "location") != NULL;
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
    parser->first = parser->cut = parser->in_location = false;
    parser->line_length = 0;
    return good ? UPDRAFT_HTTP_MORE : UPDRAFT_HTTP_BAD;
}
