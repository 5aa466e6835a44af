// An HTTP/1.1 client (RFC 9110, RFC 9112) over struct updraft_network: one request at a time, the connection kept open
// where the server allows it. It takes what servers, proxies and delivery networks send (bodies with a length, chunked,
// or until the connection closes; interim answers; long and folded fields that are none of its business) and refuses
// what it cannot read, in words.
#ifndef UPDRAFT_HTTP_H
#define UPDRAFT_HTTP_H

#include "updraft_network.h"

enum {
    UPDRAFT_HTTP_HOST_MAX = 127,
    UPDRAFT_HTTP_HEAD_MAX = 16384, // bytes of an answer's head; a longer one is refused
};

struct updraft_http_address {
    char host[UPDRAFT_HTTP_HOST_MAX + 1];
    uint16_t port;
    bool secure;
};

// Takes "host:port", "http://host[:port][/path]" or "https://..." apart. *path points into url at the first '/', or at
// its end. False where it is none of these, has characters that do not belong there, or a host that is too long.
bool updraft_http_parse_address(const char *url, struct updraft_http_address *address, const char **path);

bool updraft_http_same_address(const struct updraft_http_address *a, const struct updraft_http_address *b);

// How the end of a body is known (RFC 9112, 6.3).
enum updraft_http_framing { UPDRAFT_HTTP_LENGTH, UPDRAFT_HTTP_CHUNKED, UPDRAFT_HTTP_UNTIL_CLOSE };

// What the head of an answer said. Numbers that were not given are UINT32_MAX.
struct updraft_http_answer {
    uint16_t status;
    bool close;     // the server will close the connection
    bool has_range; // Content-Range: bytes range_first-range_last/range_total, UINT32_MAX for a total of '*'
    bool is_html;   // Content-Type: text/html: written for people, as what is put between us and the server does
    enum updraft_http_framing framing;
    uint32_t length; // of the body, where framing is UPDRAFT_HTTP_LENGTH; else UINT32_MAX
    uint32_t range_first, range_last, range_total;
    uint32_t next_check_in, retry_after;
    const char *location; // of a redirection; in the request's scratch, until that is used again. NULL: none
};

// Takes the head of an answer byte by byte. Where it refuses, `problem` says what.
struct updraft_http_parser {
    struct updraft_http_answer answer;
    const char *problem;
    char *location; // room for a Location field, and its size with the NUL
    size_t location_size, location_length;
    uint16_t taken;                // bytes so far, for UPDRAFT_HTTP_HEAD_MAX
    uint8_t line_length;           // may stand at the end of `line` for a longer line, then `cut` is set
    bool cut, first, has_length;   //
    bool in_location, ours, coded; // the field under way, or the one before; has a coding that is not known
    char line[80];
};
enum updraft_http_step { UPDRAFT_HTTP_MORE, UPDRAFT_HTTP_DONE, UPDRAFT_HTTP_BAD };
void updraft_http_parser_start(struct updraft_http_parser *parser, char *location, size_t location_size);
enum updraft_http_step updraft_http_parser_take(struct updraft_http_parser *parser, uint8_t byte);

struct updraft_http_client {
    const struct updraft_network *network;
    struct updraft_http_address at; // where the open connection leads
    const char *problem;            // why the last call failed, for people; NULL: it did not
    bool connected, close_after;
    bool body_done;
    enum updraft_http_framing framing;
    uint32_t body_left; // bytes to come of the body, or of the chunk under way
    bool in_chunks;     // a chunk's head comes next, not the first one
    uint16_t ahead_at, ahead_end;
    uint8_t ahead[128]; // read from the network, not used yet
};

struct updraft_http_request {
    const char *method;
    const struct updraft_http_address *to;
    const char *path;
    const char *token;   // for Authorization: Bearer; NULL for none
    const uint8_t *body; // application/cbor; NULL for none
    size_t body_length;
    bool has_range; // Range: bytes=range_first-range_last
    uint32_t range_first, range_last;
};

// UPDRAFT_HTTP_FAILED: no connection, or it broke, or the answer took too long. UPDRAFT_HTTP_REFUSED: not an answer
// this client accepts. client->problem has the words.
enum updraft_http_result { UPDRAFT_HTTP_OK = 0, UPDRAFT_HTTP_FAILED = -1, UPDRAFT_HTTP_REFUSED = -2 };

void updraft_http_start(struct updraft_http_client *client, const struct updraft_network *network);

// Sends the request and reads the answer's head, both within 30 s from when the connection stands; the body is then
// read with updraft_http_read. `scratch` holds the whole request while it is sent, and a Location behind it, so the
// request's body must stand elsewhere. A kept connection that turns out to be dead is opened anew once.
enum updraft_http_result updraft_http_send(struct updraft_http_client *client,
                                           const struct updraft_http_request *request, uint8_t *scratch,
                                           size_t scratch_size, struct updraft_http_answer *answer);

// Fills data with the next `size` bytes of the body, all within 20 s, however slowly they come. Fewer only where the
// body ends: 0 behind its end. UPDRAFT_HTTP_FAILED: it will not come (the connection is closed).
int updraft_http_read(struct updraft_http_client *client, uint8_t *data, size_t size);

// Ends the current answer: keeps the connection if its body is used up (or small enough to skip), else closes it.
void updraft_http_finish(struct updraft_http_client *client);
void updraft_http_close(struct updraft_http_client *client);

#endif
