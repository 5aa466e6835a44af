// The HTTP client over a scripted network: what it sends byte for byte, and what it makes of good, odd and broken
// answers.
#include "expect.h"
#include "updraft_http.h"

// A network whose server plays a script: each connection answers each request with the next text. "|" in an answer is
// where the network delivers only what came so far; at the end of a connection's last answer it is closed if `closes`
// is set.
struct script {
    const char *answers[8];
    bool closes_after[8];
    bool refuse_connect;
    int next, connects, closes;
    char sent[2048];
    size_t sent_length, at;
    bool open, answering;
    uint32_t clock;
};

static bool script_connect(void *context, const char *host, uint16_t port, bool secure) {
    struct script *script = context;
    (void)host, (void)port, (void)secure;
    script->connects++;
    script->open = !script->refuse_connect;
    script->answering = false;
    return script->open;
}

static bool script_send(void *context, const uint8_t *data, size_t length) {
    struct script *script = context;
    EXPECT(script->sent_length + length < sizeof script->sent);
    memcpy(script->sent + script->sent_length, data, length);
    script->sent_length += length;
    script->answering = script->open;
    script->at = 0;
    return script->open;
}

static int script_receive(void *context, uint8_t *data, size_t size, uint32_t timeout_ms) {
    struct script *script = context;
    const char *answer = script->answering ? script->answers[script->next] : NULL;
    if (!script->open || (answer != NULL && strcmp(answer, "dead") == 0)) {
        script->open = false;
        script->next += answer != NULL;
        return -1;
    }
    if (answer == NULL || answer[script->at] == '\0') {
        script->clock += timeout_ms;
        return 0;
    }
    size_t got = 0;
    while (got < size && answer[script->at] != '\0') {
        char c = answer[script->at++];
        if (c == '|') {
            break;
        }
        data[got++] = (uint8_t)c;
    }
    if (answer[script->at] == '\0') {
        script->open = !script->closes_after[script->next];
        script->next++;
        script->answering = false;
    }
    return (int)got;
}

static void script_close(void *context) {
    struct script *script = context;
    script->closes += script->open ? 1 : 0;
    script->open = false;
}

static uint32_t script_millis(void *context) {
    return ((struct script *)context)->clock++;
}

static struct script script;
static struct updraft_network network;
static struct updraft_http_client client;
static struct updraft_http_address server;
static uint8_t scratch[512];

static void begin(const char *first, const char *second) {
    memset(&script, 0, sizeof script);
    script.answers[0] = first;
    script.answers[1] = second;
    network =
        (struct updraft_network){&script, script_connect, script_send, script_receive, script_close, script_millis};
    updraft_http_start(&client, &network);
    const char *path;
    EXPECT(updraft_http_parse_address("server.example:8080", &server, &path));
}

static enum updraft_http_result get(struct updraft_http_answer *answer) {
    struct updraft_http_request request = {.method = "GET", .to = &server, .path = "/x"};
    return updraft_http_send(&client, &request, scratch, sizeof scratch, answer);
}

static bool read_all(const struct updraft_http_answer *answer, uint8_t *body, size_t size) {
    return updraft_http_read(&client, body, size) == (int)answer->length;
}

static void addresses_are_taken_apart(void) {
    static const struct {
        const char *url, *host, *path;
        uint16_t port;
        bool secure;
    } good[] = {{"10.0.0.1:8080", "10.0.0.1", "", 8080, false},
                {"http://a-b.example/x/y?z", "a-b.example", "/x/y?z", 80, false},
                {"https://h", "h", "", 443, true},
                {"https://h:8443/", "h", "/", 8443, true}};
    struct updraft_http_address address;
    const char *path;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        EXPECT(updraft_http_parse_address(good[i].url, &address, &path));
        EXPECT(strcmp(address.host, good[i].host) == 0 && strcmp(path, good[i].path) == 0);
        EXPECT(address.port == good[i].port && address.secure == good[i].secure);
    }
    static const char *const bad[] = {"",        ":80",     "h:",    "h:0",      "h:65536",    "h:80x",
                                      "ftp://h", "h\"x:80", "h/a b", "[::1]:80", "https://h?x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        EXPECT(!updraft_http_parse_address(bad[i], &address, &path));
    }
}

static void a_request_has_the_bytes_it_should(void) {
    begin("HTTP/1.1 204 No Content\r\nNext-Check-In: 60\r\n\r\n", NULL);
    struct updraft_http_answer answer;
    struct updraft_http_request request = {.method = "POST",
                                           .to = &server,
                                           .path = "/device/v1/d/check-in",
                                           .token = "t0k",
                                           .body = (const uint8_t *)"body",
                                           .body_length = 4};
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, updraft_http_send(&client, &request, scratch, sizeof scratch, &answer));
    EXPECT(strcmp(script.sent, "POST /device/v1/d/check-in HTTP/1.1\r\nHost: server.example:8080\r\n"
                               "Authorization: Bearer t0k\r\nContent-Type: application/cbor\r\nContent-Length: 4\r\n"
                               "Accept-Encoding: identity\r\n\r\nbody") == 0);
    EXPECT_EQUAL(204, answer.status);
    EXPECT_EQUAL(60, answer.next_check_in);
    EXPECT_EQUAL(UINT32_MAX, answer.retry_after);
    EXPECT_EQUAL(UPDRAFT_HTTP_REFUSED, updraft_http_send(&client, &request, scratch, 40, &answer));
}

static void a_body_is_read_whole_however_it_arrives(void) {
    begin("HTTP/1.1 206 Partial Content\r\nContent-Ra|nge: bytes 4-8/100\r\ncontent-length:5\r|\n\r\nab|c|de",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nxy");
    struct updraft_http_answer answer;
    uint8_t body[8];
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(answer.has_range && answer.range_first == 4 && answer.range_last == 8 && answer.range_total == 100);
    EXPECT(read_all(&answer, body, sizeof body) && memcmp(body, "abcde", 5) == 0);
    EXPECT_EQUAL(0, updraft_http_read(&client, body, sizeof body));
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(read_all(&answer, body, sizeof body) && memcmp(body, "xy", 2) == 0);
    EXPECT_EQUAL(1, script.connects); // kept open
}

static void a_kept_connection_that_died_is_opened_anew_once(void) {
    begin("HTTP/1.1 204 No Content\r\n\r\n", "dead");
    script.answers[2] = "HTTP/1.1 204 No Content\r\n\r\n";
    script.answers[3] = "dead";
    script.answers[4] = "dead";
    struct updraft_http_answer answer;
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT_EQUAL(2, script.connects);
    EXPECT_EQUAL(UPDRAFT_HTTP_FAILED, get(&answer));
    EXPECT_EQUAL(3, script.connects);
}

static void the_connection_is_closed_where_the_server_says_so(void) {
    static const char *const answers[] = {"HTTP/1.1 204 No Content\r\nConnection: Keep-Alive, Close\r\n\r\n",
                                          "HTTP/1.0 204 No Content\r\n\r\n"};
    for (int i = 0; i < 2; i++) {
        begin(answers[i], "HTTP/1.1 204 No Content\r\n\r\n");
        struct updraft_http_answer answer;
        EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
        EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
        EXPECT_EQUAL(2, script.connects);
        EXPECT_EQUAL(1, script.closes);
    }
}

static void a_body_that_nobody_reads_is_skipped_or_the_connection_closed(void) {
    char large[2000] = "HTTP/1.1 200 OK\r\nContent-Length: 1900\r\n\r\n";
    memset(large + strlen(large), 'x', 1900);
    begin("HTTP/1.1 401 Unauthorized\r\nContent-Length: 5\r\n\r\nsorry", large);
    script.answers[2] = "HTTP/1.1 204 No Content\r\n\r\n";
    struct updraft_http_answer answer;
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT_EQUAL(401, answer.status);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT_EQUAL(1, script.connects);
    script.next = 2; // the rest of the large answer is gone with its connection
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT_EQUAL(204, answer.status);
    EXPECT_EQUAL(2, script.connects);
}

static void answers_it_does_not_understand_are_refused(void) {
    static const char *const bad[] = {
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200x OK\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.x 200 OK\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1\t200 OK\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 099 OK\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 206 OK\r\nContent-Length: 1\r\nContent-Range: bytes 5-5/9x\r\n\r\n",
        "HTTP/1.1 206 OK\r\nContent-Length: 1\r\nContent-Range: bytes 5+5/9\r\n\r\n",
        "HTTP/1.1 206 OK\r\nContent-Length: 1\r\nContent-Range: bytes 5-5 9\r\n\r\n",
        "HTTP/1.1 206 OK\r\nContent-Length: 1\r\nContent-Range: items 5-5/9\r\n\r\n",
        "\r\nHTTP/1.1 204 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 206 OK\r\nContent-Length: 1\r\nContent-Range: bytes 5-4/9\r\n\r\n",
        "HTTP/1.1 206 OK\r\nContent-Length: 1\r\nContent-Range: bytes 5-9/9\r\n\r\n",
        "HTTP/1.1 204 OK\r\nnonsense\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        begin(bad[i], NULL);
        struct updraft_http_answer answer;
        EXPECT_EQUAL(UPDRAFT_HTTP_REFUSED, get(&answer));
        EXPECT(!script.open);
    }
    begin("HTTP/1.1 204 OK\r\nX: y", NULL);
    struct updraft_http_answer answer;
    EXPECT_EQUAL(UPDRAFT_HTTP_FAILED, get(&answer)); // never ends
}

static void long_lines_of_no_interest_are_skipped_and_endless_heads_refused(void) {
    static char answer_text[20000] = "HTTP/1.1 204 No Content\r\nSet-Cookie: ";
    memset(answer_text + strlen(answer_text), 'c', 3000);
    strcat(answer_text, "\r\nRetry-After: 7\r\n\r\n");
    begin(answer_text, NULL);
    struct updraft_http_answer answer;
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT_EQUAL(7, answer.retry_after);
    memset(answer_text, 'c', 19000);
    memcpy(answer_text, "HTTP/1.1 204 No Content\r\nSet-Cookie: ", 37);
    begin(answer_text, NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_REFUSED, get(&answer));
}

static void interim_answers_are_passed_over(void) {
    begin("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", NULL);
    struct updraft_http_answer answer;
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT_EQUAL(200, answer.status);
}

static void a_body_that_breaks_off_is_a_failure(void) {
    begin("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", NULL);
    script.closes_after[0] = true;
    struct updraft_http_answer answer;
    uint8_t body[16];
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(!read_all(&answer, body, sizeof body));
    EXPECT_EQUAL(UPDRAFT_HTTP_FAILED,
                 updraft_http_send(&client, &(struct updraft_http_request){.method = "GET", .to = &server, .path = "/"},
                                   scratch, sizeof scratch, &answer));
}

// What a body that ends in its own way holds; "" when it does not come whole.
static const char *body_of(const char *answer_text, bool closes) {
    static char body[64];
    struct updraft_http_answer answer;
    begin(answer_text, "HTTP/1.1 204 No Content\r\n\r\n");
    script.closes_after[0] = closes;
    int got = get(&answer) == UPDRAFT_HTTP_OK ? updraft_http_read(&client, (uint8_t *)body, sizeof body - 1) : -1;
    body[got > 0 ? got : 0] = '\0';
    return got < 0 ? client.problem : body;
}

static bool is(const char *expected, const char *actual) {
    bool same = actual != NULL && strcmp(expected, actual) == 0;
    if (!same) {
        fprintf(stderr, "expected \"%s\", not \"%s\"\n", expected, actual != NULL ? actual : "NULL");
    }
    return same;
}

#define CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"

static void chunked_bodies_are_put_together(void) {
    EXPECT(is("hello world", body_of(CHUNKED "5\r\nhel|lo\r\n6;name=\"v\"\r\n world\r\n0\r\n\r\n", false)));
    EXPECT(is("hello", body_of(CHUNKED "005 \r\nhello\r\n000\r\nX: y\r\nZ: t\r\n\r\n", false)));
    EXPECT(is("0123456789abcdef!", body_of(CHUNKED "1|1\n0123456789abcdef!\n0\n\n", false)));
    struct updraft_http_answer answer; // the connection is used again behind the last chunk
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT_EQUAL(204, answer.status);
    EXPECT_EQUAL(1, script.connects);
    EXPECT(is("a chunk's length that is none", body_of(CHUNKED "x\r\n", false)));
    EXPECT(is("a chunk's length that is none", body_of(CHUNKED "5 5\r\nhello", false)));
    EXPECT(is("a chunk that is too large", body_of(CHUNKED "fffffffff\r\n", false)));
    EXPECT(is("chunks that do not fit together", body_of(CHUNKED "4\r\nhello\r\n0\r\n\r\n", false)));
    EXPECT(is("the connection broke", body_of(CHUNKED "5\r\nhel", true)));
    EXPECT(is("too slow", body_of(CHUNKED "5\r\nhello\r\n", false)));
    EXPECT(
        is("a chunk's head that is too long",
           body_of(CHUNKED "5;0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
                           "89012345678901234567890123456789\r\nhello\r\n0\r\n\r\n",
                   false)));
}

static void a_body_without_a_length_lasts_until_the_connection_closes(void) {
    EXPECT(is("all of it", body_of("HTTP/1.1 200 OK\r\n\r\nall| of it", true)));
    EXPECT(is("too slow", body_of("HTTP/1.1 200 OK\r\n\r\nall| of it", false)));
    struct updraft_http_answer answer;
    begin("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer)); // two lengths: the chunks count, and the connection is not used again
    EXPECT(answer.close && answer.framing == UPDRAFT_HTTP_CHUNKED && answer.length == UINT32_MAX);
}

static void what_is_refused_is_named(void) {
    EXPECT(is("gzip, which was not asked for",
              body_of("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", false)));
    EXPECT(is("a content coding, which was not asked for",
              body_of("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx", false)));
    EXPECT(is("x", body_of("HTTP/1.1 200 OK\r\nContent-Encoding: Identity \r\nContent-Length: 1 \r\n\r\nx", false)));
    EXPECT(is("a transfer coding other than chunked",
              body_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", false)));
    EXPECT(is("a folded field", body_of("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 1\r\n\r\nx", false)));
    EXPECT(is("x", body_of("HTTP/1.1 200 OK\r\nX-Foreign: a\r\n\tb\r\nContent-Length: 1\r\n\r\nx", false)));
    EXPECT(is("not HTTP", body_of("SSH-2.0-server\r\n", false)));
    EXPECT(is("a Next-Check-In that is no number", body_of("HTTP/1.1 204 OK\r\nNext-Check-In: x\r\n\r\n", false)));
    begin(NULL, NULL);
    script.refuse_connect = true;
    struct updraft_http_answer answer;
    EXPECT_EQUAL(UPDRAFT_HTTP_FAILED, get(&answer));
    EXPECT(is("no connection", client.problem));
}

static void ranges_are_read_as_servers_write_them(void) {
    struct updraft_http_answer answer;
    begin("HTTP/1.1 206 OK\r\nContent-Length: 1\r\nContent-Range: Bytes 5-5/*\r\n\r\nx", NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(answer.has_range && answer.range_first == 5 && answer.range_last == 5 && answer.range_total == UINT32_MAX);
    begin("HTTP/1.1 416 No\r\nContent-Length: 0\r\nContent-Range: bytes */99\r\n\r\n", NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(!answer.has_range);
}

static void a_location_is_kept_where_there_is_room(void) {
    static char text[1200] = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://cdn.example/";
    struct updraft_http_answer answer;
    begin("HTTP/1.1 302 Found\r\nlocation:\t http://cdn.example/a?b\r\nContent-Length: 0\r\n\r\n", NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(is("http://cdn.example/a?b", answer.location));
    memset(text + strlen(text), 'x', 700);
    strcat(text, "\r\n\r\n");
    begin(text, NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(answer.location == NULL && answer.status == 302);
    begin("HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=x\r\nContent-Length: 0\r\n\r\n", NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(answer.is_html && answer.location == NULL);
}

static void the_host_names_the_port_only_where_it_is_not_the_schemes_own(void) {
    static const struct {
        const char *url, *host;
    } hosts[] = {{"http://h.example/", "Host: h.example\r\n"},
                 {"http://h.example:443/", "Host: h.example:443\r\n"},
                 {"https://h.example/", "Host: h.example\r\n"},
                 {"HTTPS://h.example:80/", "Host: h.example:80\r\n"}};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        const char *path;
        begin("HTTP/1.1 204 OK\r\n\r\n", NULL);
        EXPECT(updraft_http_parse_address(hosts[i].url, &server, &path));
        struct updraft_http_answer answer;
        EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
        EXPECT(strstr(script.sent, hosts[i].host) != NULL);
    }
}

static void addresses_are_the_same_in_all_parts_or_not_at_all(void) {
    static const char *const urls[] = {"http://h:443", "https://h", "https://h:80", "https://i"};
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
            struct updraft_http_address a, b;
            const char *path;
            EXPECT(updraft_http_parse_address(urls[i], &a, &path) && updraft_http_parse_address(urls[j], &b, &path));
            EXPECT_EQUAL(i == j, updraft_http_same_address(&a, &b));
        }
    }
}

static void a_kept_connection_that_is_only_slow_is_not_asked_twice(void) {
    struct updraft_http_answer answer;
    begin("HTTP/1.1 204 OK\r\n\r\n", NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    uint32_t start = script.clock;
    EXPECT_EQUAL(UPDRAFT_HTTP_FAILED, get(&answer));
    EXPECT(is("too slow", client.problem));
    EXPECT_EQUAL(1, script.connects);
    EXPECT(script.clock - start < 31000);
}

static void only_the_whole_token_closes(void) {
    struct updraft_http_answer answer;
    begin("HTTP/1.1 204 OK\r\nConnection: closed, clos, x-close\r\n\r\n", "HTTP/1.1 204 OK\r\n\r\n");
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(!answer.close);
    begin("HTTP/1.1 204 OK\r\nConnection: upgrade ,\tCLOSE\r\n\r\n", NULL);
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    EXPECT(answer.close);
}

static void a_long_body_that_nobody_reads_costs_the_connection(void) {
    static char text[3000] = CHUNKED;
    for (int i = 0; i < 100; i++) {
        strcat(text, "9\r\n123456789\r\n");
    }
    strcat(text, "0\r\n\r\n");
    struct updraft_http_answer answer;
    begin(text, "HTTP/1.1 204 OK\r\n\r\n");
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    updraft_http_finish(&client);
    EXPECT(!client.connected);
    begin(CHUNKED "3\r\nabc\r\n0\r\n\r\n", "HTTP/1.1 204 OK\r\n\r\n");
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, get(&answer));
    updraft_http_finish(&client);
    EXPECT(client.connected);
}

static void a_range_is_asked_for(void) {
    begin("HTTP/1.1 204 OK\r\n\r\n", NULL);
    struct updraft_http_answer answer;
    struct updraft_http_request request = {
        .method = "GET", .to = &server, .path = "/x", .has_range = true, .range_first = 8, .range_last = 4294967295U};
    EXPECT_EQUAL(UPDRAFT_HTTP_OK, updraft_http_send(&client, &request, scratch, sizeof scratch, &answer));
    EXPECT(strcmp(script.sent, "GET /x HTTP/1.1\r\nHost: server.example:8080\r\nRange: bytes=8-4294967295\r\n"
                               "Accept-Encoding: identity\r\n\r\n") == 0);
}

int main(void) {
    RUN(chunked_bodies_are_put_together);
    RUN(a_body_without_a_length_lasts_until_the_connection_closes);
    RUN(what_is_refused_is_named);
    RUN(ranges_are_read_as_servers_write_them);
    RUN(a_location_is_kept_where_there_is_room);
    RUN(the_host_names_the_port_only_where_it_is_not_the_schemes_own);
    RUN(a_range_is_asked_for);
    RUN(only_the_whole_token_closes);
    RUN(addresses_are_the_same_in_all_parts_or_not_at_all);
    RUN(a_kept_connection_that_is_only_slow_is_not_asked_twice);
    RUN(a_long_body_that_nobody_reads_costs_the_connection);
    RUN(addresses_are_taken_apart);
    RUN(a_request_has_the_bytes_it_should);
    RUN(a_body_is_read_whole_however_it_arrives);
    RUN(a_kept_connection_that_died_is_opened_anew_once);
    RUN(the_connection_is_closed_where_the_server_says_so);
    RUN(a_body_that_nobody_reads_is_skipped_or_the_connection_closed);
    RUN(answers_it_does_not_understand_are_refused);
    RUN(long_lines_of_no_interest_are_skipped_and_endless_heads_refused);
    RUN(interim_answers_are_passed_over);
    RUN(a_body_that_breaks_off_is_a_failure);
    return expect_end("http");
}
