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

int main(void) {
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
