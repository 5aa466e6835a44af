// A small strict HTTP/1.1 client (RFC 9110, RFC 9112) over struct updraft_network: one request at a time, the
// connection kept open where the server allows it, bodies with Content-Length only. What it does not understand it
// refuses.
#ifndef UPDRAFT_AGENT_HTTP_H
#define UPDRAFT_AGENT_HTTP_H

#include "network.h"

enum {
    HTTP_HOST_MAX = 63,   // what ESP-AT takes
    HTTP_HEAD_MAX = 4096, // bytes of an answer's head; a longer one is refused
};

struct http_address {
    char host[HTTP_HOST_MAX + 1];
    uint16_t port;
    bool secure;
};

// Takes "host:port", "http://host[:port][/path]" or "https://..." apart. *path points into url at the first '/', or at
// its end. False where it is none of these, has characters that do not belong there, or a host that is too long.
bool http_parse_address(const char *url, struct http_address *address, const char **path);

// What the head of an answer said. Seconds that were not given are UINT32_MAX.
struct http_answer {
    uint16_t status;
    bool close;     // the server will close the connection
    bool has_range; // Content-Range: bytes range_first-range_last/range_total
    uint32_t length;
    uint32_t range_first, range_last, range_total;
    uint32_t next_check_in, retry_after;
};

// Takes the head of an answer byte by byte.
struct http_parser {
    struct http_answer answer;
    uint16_t taken;      // bytes so far, for HTTP_HEAD_MAX
    uint8_t line_length; // may stand at the end of `line` for a longer line, then `cut` is set
    bool cut, first, has_length, coded;
    char line[80];
};
enum http_step { HTTP_MORE, HTTP_DONE, HTTP_BAD };
void http_parser_start(struct http_parser *parser);
enum http_step http_parser_take(struct http_parser *parser, uint8_t byte);

struct http_client {
    const struct updraft_network *network;
    struct http_address at; // where the open connection leads
    bool connected, close_after;
    uint32_t body_left; // bytes of the current answer's body not read yet
    uint16_t ahead_at, ahead_end;
    uint8_t ahead[128]; // read from the network, not used yet
};

struct http_request {
    const char *method;
    const struct http_address *to;
    const char *path;
    const char *token;   // for Authorization: Bearer; NULL for none
    const uint8_t *body; // application/cbor; NULL for none
    size_t body_length;
    bool has_range; // Range: bytes=range_first-range_last
    uint32_t range_first, range_last;
};

// HTTP_FAILED: no connection, or it broke, or the answer took too long. HTTP_REFUSED: not an answer this client
// accepts.
enum http_result { HTTP_OK = 0, HTTP_FAILED = -1, HTTP_REFUSED = -2 };

void http_start(struct http_client *client, const struct updraft_network *network);

// Sends the request and reads the answer's head; the body is then read with http_read. `scratch` holds the whole
// request while it is sent, so the request's body must stand elsewhere. A kept connection that turns out to be dead is
// opened anew once.
enum http_result http_send(struct http_client *client, const struct http_request *request, uint8_t *scratch,
                           size_t scratch_size, struct http_answer *answer);

// 1..size: that many bytes of the body; 0: the body is complete; HTTP_FAILED: it will not come (the connection is
// closed).
int http_read(struct http_client *client, uint8_t *data, size_t size);

// Reads a body whole; false if it is larger than size or does not come.
bool http_read_all(struct http_client *client, const struct http_answer *answer, uint8_t *data, size_t size);

// Ends the current answer: keeps the connection if its body is used up (or small enough to skip), else closes it.
void http_finish(struct http_client *client);
void http_close(struct http_client *client);

#endif
