// The ESP-AT driver against a module that answers late, twice, wrongly, or not at all.
#include "expect.h"
#include "fake_esp_at.h"

static struct fake_esp_at fake;
static struct updraft_at_port port;
static struct updraft_esp_at esp;
static struct updraft_network network;

static void power_up(void) {
    memset(&fake, 0, sizeof fake);
    port = fake_esp_at_port(&fake);
    updraft_esp_at_start(&esp, &port, "home, \"net\"", "pass\\word");
    network = updraft_esp_at_network(&esp);
}

static bool connect_to_peer(void) {
    return network.connect(network.context, "10.0.0.1", 8080, false);
}

static bool send_text(const char *text) {
    return network.send(network.context, (const uint8_t *)text, strlen(text));
}

// All bytes that come until the connection ends or nothing comes; -1 for a failure.
static int receive_all(uint8_t *data, size_t size, size_t wanted) {
    size_t got = 0;
    while (got < wanted) {
        size_t piece = size - got < 40 ? size - got : 40;
        int n = network.receive(network.context, data + got, piece, 3000);
        if (n <= 0) {
            return n < 0 && got < wanted ? -1 : (int)got;
        }
        got += (size_t)n;
    }
    return (int)got;
}

static bool was_sent(const char *command) {
    return strstr(fake.commands_seen, command) != NULL;
}

// Bytes that look like everything the driver listens for.
static const char nasty[] =
    "HTTP\r\nOK\r\n\r\nERROR\r\n>+IPD,5:CLOSED\r\nready\r\n\0busy p...\r\n+CIPRECVDATA:3,abc\r\n\r\nOK\r\n";
enum { NASTY = sizeof nasty - 1 };

static void data_that_looks_like_answers_arrives_unchanged(void) {
    power_up();
    fake.answers[0] = nasty;
    fake.answer_lengths[0] = NASTY;
    uint8_t data[256];
    EXPECT(connect_to_peer());
    EXPECT(send_text("question"));
    EXPECT_EQUAL(NASTY, receive_all(data, sizeof data, NASTY));
    EXPECT(memcmp(data, nasty, NASTY) == 0);
    EXPECT(strcmp(fake.sent, "question") == 0);
    EXPECT_EQUAL(0, network.receive(network.context, data, sizeof data, 1000));
    network.close(network.context);
    EXPECT(!fake.open);
}

static void older_firmware_is_set_to_passive_too_and_one_without_it_is_not_used(void) {
    power_up();
    fake.old_firmware = true;
    EXPECT(connect_to_peer());
    EXPECT(fake.passive);
    network.close(network.context);
    uint32_t commands = fake.commands;
    EXPECT(connect_to_peer()); // remembers which command it was
    EXPECT_EQUAL(2, fake.commands - commands);
    power_up();
    fake.no_passive = true;
    EXPECT(!connect_to_peer());
    EXPECT(!fake.open);
    EXPECT_EQUAL(UPDRAFT_ESP_AT_UNSUITABLE, esp.last);
}

static void data_is_found_even_if_its_notice_is_missing(void) {
    power_up();
    fake.no_first_notice = true;
    fake.answers[0] = "late";
    uint8_t data[8];
    EXPECT(connect_to_peer() && send_text("q"));
    EXPECT_EQUAL(4, receive_all(data, sizeof data, 4));
}

static void data_is_not_lost_when_the_peer_closes_behind_it(void) {
    power_up();
    fake.close_after_answer = true;
    fake.answers[0] = "last words";
    uint8_t data[4];
    EXPECT(connect_to_peer() && send_text("q"));
    EXPECT_EQUAL(4, network.receive(network.context, data, 4, 1000));
    EXPECT_EQUAL(4, network.receive(network.context, data, 4, 1000));
    EXPECT_EQUAL(2, network.receive(network.context, data, 4, 1000));
    EXPECT_EQUAL(-1, network.receive(network.context, data, 4, 1000));
    fake.answers[1] = "again";
    EXPECT(connect_to_peer() && send_text("q"));
    EXPECT_EQUAL(4, network.receive(network.context, data, 4, 1000));
}

static void why_joining_failed_is_known(void) {
    power_up();
    fake.join_error = "+CWJAP:2";
    EXPECT_EQUAL(UPDRAFT_ESP_AT_WRONG_PASSWORD, updraft_esp_at_join(&esp));
    EXPECT(was_sent("AT+CWJAP=\"home\\, \\\"net\\\"\",\"pass\\\\word\"\n"));
    fake.says_fail = true;
    uint32_t start = fake.clock;
    EXPECT_EQUAL(UPDRAFT_ESP_AT_WRONG_PASSWORD, updraft_esp_at_join(&esp));
    EXPECT(fake.clock - start < 1000);
    fake.join_error = "+CWJAP:1";
    EXPECT_EQUAL(UPDRAFT_ESP_AT_ERROR, updraft_esp_at_join(&esp));
    fake.join_error = "+CWJAP:3";
    EXPECT_EQUAL(UPDRAFT_ESP_AT_NO_ACCESS_POINT, updraft_esp_at_join(&esp));
    fake.join_error = NULL;
    EXPECT_EQUAL(UPDRAFT_ESP_AT_OK, updraft_esp_at_join(&esp));
    EXPECT_EQUAL(UPDRAFT_ESP_AT_OK, updraft_esp_at_join(&esp));
    EXPECT_EQUAL(5, fake.joins);
}

static void a_module_left_in_the_middle_of_a_send_is_brought_back(void) {
    power_up();
    fake.joined = fake.open = true;
    fake.payload_left = 1500; // this chip was reset while it was sending
    EXPECT_EQUAL(UPDRAFT_ESP_AT_OK, updraft_esp_at_join(&esp));
    EXPECT(connect_to_peer());
}

static void a_silent_module_is_given_up(void) {
    power_up();
    fake.payload_left = SIZE_MAX; // swallows everything
    EXPECT_EQUAL(UPDRAFT_ESP_AT_SILENT, updraft_esp_at_join(&esp));
    EXPECT(fake.clock < 60000);
}

static void the_module_is_used_only_once_it_was_seen_to_honour_rts(void) {
    power_up();
    EXPECT(connect_to_peer());
    EXPECT(fake.flow_control);
    EXPECT(strstr(fake.commands_seen, "AT+UART_CUR?") < strstr(fake.commands_seen, "AT+CWJAP"));
    power_up();
    fake.no_flow_control = true;
    EXPECT(!connect_to_peer());
    EXPECT_EQUAL(UPDRAFT_ESP_AT_NO_FLOW_CONTROL, esp.last);
    EXPECT(!was_sent("AT+CWJAP"));
    power_up();
    fake.no_flow_control = true;
    port.baud = 0; // RTS and CTS are not wired: the application answers for it
    EXPECT(connect_to_peer());
    EXPECT(!was_sent("UART_CUR"));
}

// A module forgets flow control when it resets itself, with or without saying so.
static void flow_control_is_set_up_again_after_a_restart(void) {
    for (int silently = 0; silently < 2; silently++) {
        power_up();
        EXPECT(connect_to_peer());
        fake.fault = silently ? FAULT_SILENT_RESTART : FAULT_RESTART;
        fake.fault_at = fake.commands + 1;
        EXPECT(!send_text("q"));
        network.close(network.context);
        EXPECT(!fake.flow_control);
        EXPECT(connect_to_peer() || connect_to_peer());
        EXPECT(fake.flow_control && fake.open);
    }
}

static void https_is_verified_and_named_whatever_the_module_was_set_up_for(void) {
    power_up();
    EXPECT(network.connect(network.context, "updates.example", 443, true));
    EXPECT(fake.verifies);
    EXPECT(was_sent("AT+CIPSSLCSNI=\"updates.example\"\nAT+CIPSSLCCN=\"updates.example\"\nAT+CIPSTART=\"SSL\","
                    "\"updates.example\",443\n"));
    fake.verifies = false; // somebody else's set-up
    EXPECT(network.connect(network.context, "cdn.example", 443, true));
    EXPECT(fake.verifies);
    EXPECT(was_sent("AT+CIPSSLCSNI=\"cdn.example\""));
    EXPECT(network.connect(network.context, "10.0.0.1", 443, true));
    EXPECT(!was_sent("SNI=\"10.0.0.1\"")); // an address is no name
    power_up();
    EXPECT(connect_to_peer());
    EXPECT(!was_sent("CIPSSL"));
    power_up();
    fake.no_verification = true;
    EXPECT(!network.connect(network.context, "updates.example", 443, true));
    EXPECT_EQUAL(UPDRAFT_ESP_AT_NO_VERIFICATION, esp.last);
    EXPECT(!was_sent("CIPSTART"));
}

static void a_module_short_of_memory_is_asked_for_less(void) {
    static char long_answer[3001];
    static uint8_t data[3000];
    memset(long_answer, 'x', 3000);
    power_up();
    fake.memory = 600;
    for (int attempt = 0; attempt < 3; attempt++) { // 2048, 1024, 512
        fake.answers[attempt] = long_answer;
        EXPECT(connect_to_peer() && send_text("q"));
        int got = network.receive(network.context, data, sizeof data, 1000);
        EXPECT_EQUAL(attempt < 2 ? -1 : 512, got);
        EXPECT(got < 0 || memcmp(data, long_answer, 512) == 0);
    }
}

static void a_connection_that_the_driver_does_not_know_of_is_closed_first(void) {
    power_up();
    EXPECT_EQUAL(UPDRAFT_ESP_AT_OK, updraft_esp_at_join(&esp));
    fake.open = true;
    EXPECT(connect_to_peer());
    EXPECT_EQUAL(2, fake.connects);
}

static void a_silent_server_is_asked_for_every_half_second_and_not_more(void) {
    uint8_t data[8];
    power_up();
    EXPECT(connect_to_peer() && send_text("q"));
    uint32_t commands = fake.commands;
    EXPECT_EQUAL(0, network.receive(network.context, data, sizeof data, 5000));
    EXPECT(fake.commands - commands >= 9 && fake.commands - commands <= 11);
}

// What is sent is cut to what every module takes.
static void a_long_request_goes_in_pieces(void) {
    static uint8_t request[3000];
    memset(request, 'r', sizeof request);
    power_up();
    EXPECT(connect_to_peer());
    EXPECT(network.send(network.context, request, sizeof request));
    EXPECT_EQUAL(3000, fake.sent_length);
    EXPECT(was_sent("AT+CIPSEND=2048\nAT+CIPSEND=952\n"));
    EXPECT(network.send(network.context, request, 0));
    EXPECT_EQUAL(2, fake.sends);
}

// One exchange, tried again as the agent would: every fault must end in the right bytes or a reported failure, never
// wrong bytes.
static const char *content;
static size_t content_length;

static bool exchange(void) {
    static uint8_t data[2048];
    if (!connect_to_peer() || (fake.sent_length = 0, !send_text("question"))) {
        network.close(network.context);
        return false;
    }
    bool asked = fake.sent_length == 8 && memcmp(fake.sent, "question", 8) == 0;
    int got = receive_all(data, sizeof data, content_length);
    EXPECT(got < 0 || (got <= (int)content_length && memcmp(data, content, (size_t)got) == 0));
    EXPECT(asked || got < 0);
    network.close(network.context);
    return got == (int)content_length;
}

static void prepare(const char *bytes, size_t length, enum fake_fault fault, uint32_t at, uint32_t run) {
    power_up();
    content = bytes;
    content_length = length;
    fake.fault = fault;
    fake.fault_at = at;
    fake.fault_run = run;
    for (int i = 0; i < 8; i++) {
        fake.answers[i] = bytes;
        fake.answer_lengths[i] = length;
    }
}

static int tries_until_done(void) {
    int tries = 1;
    while (!exchange() && tries < 8) {
        tries++;
    }
    EXPECT(fake.clock < 200000);
    return tries;
}

static int exchanges_until_done(enum fake_fault fault, uint32_t at) {
    prepare(nasty, NASTY, fault, at, 1);
    return tries_until_done();
}

// What a server may send, for each of which another mistake in the driver takes wrong bytes for right ones.
static const char endings[] = "\r\n\r\nOK\r\n\r\n\r\nOK\r\n\r\n\r\nOK\r\n\r\n\r\nOK\r\n\r\n\r\nOK\r\n\r\n\r\nOK\r\n";
static const char notices[] =
    "CLOSED\r\nWIFI DISCONNECT\r\n+IPD,10\r\n\r\n+IPD,88\r\nWIFI GOT IP\r\nCLOSED\r\n\r\nERROR\r\n\r\n";
static const char counts[] = "123,45:6789,+CIPRECVDATA:9,+CIPRECVDATA:90,0:1,+CIPRECVLEN:5,-1,-1\r\n\r\nOK\r\n";
static const char prompts[] =
    ">>>>> > >\r\n>\r\n\r\nOK\r\n\r\n>Recv 8 bytes\r\n\r\nSEND OK\r\n\r\nbusy p...\r\nready\r\n";
static const struct {
    const char *bytes;
    size_t length;
} contents[] = {{nasty, NASTY},
                {endings, sizeof endings - 1},
                {notices, sizeof notices - 1},
                {counts, sizeof counts - 1},
                {prompts, sizeof prompts - 1}};
enum { CONTENTS = sizeof contents / sizeof contents[0] };

static void bytes_lost_or_doubled_anywhere_are_noticed_and_survived(void) {
    static const struct {
        enum fake_fault fault;
        uint32_t run;
    } faults[] = {{FAULT_DROP, 1},  {FAULT_DROP, 2},   {FAULT_DROP, 3},   {FAULT_DROP, 4},
                  {FAULT_DROP, 8},  {FAULT_DROP, 13},  {FAULT_DROP, 30},  {FAULT_DROP, 60},
                  {FAULT_DROP, 97}, {FAULT_DOUBLE, 1}, {FAULT_DOUBLE, 2}, {FAULT_DOUBLE, 4}};
    unsigned runs = 0;
    for (int c = 0; c < CONTENTS; c++) {
        prepare(contents[c].bytes, contents[c].length, FAULT_NONE, 0, 0);
        EXPECT_EQUAL(1, tries_until_done());
        uint32_t bytes = fake.emitted;
        for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
            for (uint32_t at = 1; at <= bytes; at++, runs++) {
                prepare(contents[c].bytes, contents[c].length, faults[f].fault, at, faults[f].run);
                int before = expect_failures;
                EXPECT(tries_until_done() <= 4);
                if (expect_failures != before) {
                    fprintf(stderr, "content %d, fault %d of %u bytes at %u of %u\n", c, (int)faults[f].fault,
                            faults[f].run, at, bytes);
                    return;
                }
            }
        }
    }
    printf("esp_at: %u exchanges, each with bytes lost or doubled at another place\n", runs);
}

static void bytes_lost_or_doubled_on_the_way_to_the_module_are_survived(void) {
    exchanges_until_done(FAULT_NONE, 0);
    uint32_t bytes = fake.taken;
    for (uint32_t at = 1; at <= bytes; at++) {
        EXPECT(exchanges_until_done(FAULT_DROP_SENT, at) <= 4);
        EXPECT(exchanges_until_done(FAULT_DOUBLE_SENT, at) <= 4);
    }
}

static void notices_doubled_glued_or_between_are_survived(void) {
    enum { NOTICES = 7 };
    for (int c = 0; c < CONTENTS; c++) {
        prepare(contents[c].bytes, contents[c].length, FAULT_NONE, 0, 0);
        tries_until_done();
        uint32_t sayings = fake.sayings, once = 0;
        for (uint32_t at = 1; at <= sayings; at++) {
            for (enum fake_fault fault = FAULT_DOUBLE_LINE; fault <= FAULT_GLUE; fault++) {
                prepare(contents[c].bytes, contents[c].length, fault, at, 1);
                EXPECT(tries_until_done() <= 3);
            }
            for (uint32_t which = 0; which < NOTICES; which++) {
                prepare(contents[c].bytes, contents[c].length, FAULT_NOTICE, at, which);
                once += tries_until_done() == 1 ? 1 : 0;
            }
        }
        // A notice costs nothing, except right behind data, where it could as well be what a lost byte has shifted.
        EXPECT(once >= (sayings - 2 * 3) * NOTICES);
    }
}

// Found in a product: the notice's tail went, and what was glued to it was the head of the data.
static void a_notice_that_lost_its_tail_does_not_swallow_the_head_of_the_data(void) {
    uint8_t data[256];
    prepare(nasty, NASTY, FAULT_NONE, 0, 0);
    EXPECT(connect_to_peer() && send_text("question"));
    EXPECT_EQUAL(0, memcmp(fake.out + fake.out_length - 11, "\r\n+IPD,", 7));
    fake.out_length -= 2; // it waits there with its line end to come
    EXPECT_EQUAL(-1, receive_all(data, sizeof data, NASTY));
    EXPECT(exchange());
}

static void busy_restart_and_disconnect_at_any_command_are_survived(void) {
    exchanges_until_done(FAULT_NONE, 0);
    uint32_t commands = fake.commands;
    for (uint32_t at = 1; at <= commands; at++) {
        EXPECT(exchanges_until_done(FAULT_BUSY, at) <= 2);
        EXPECT(exchanges_until_done(FAULT_RESTART, at) <= 3);
        EXPECT(exchanges_until_done(FAULT_SILENT_RESTART, at) <= 3);
        EXPECT(exchanges_until_done(FAULT_DISCONNECT, at) <= 3);
    }
    EXPECT(exchanges_until_done(FAULT_SILENT_SEND, 1) == 2);
}

static void a_firmware_with_one_line_end_less_or_with_counts_of_its_own_is_learnt(void) {
    prepare(nasty, NASTY, FAULT_NONE, 0, 0);
    fake.short_tail = true;
    EXPECT_EQUAL(2, tries_until_done()); // two lost bytes would look like it
    EXPECT(exchange());
    prepare(nasty, NASTY, FAULT_NONE, 0, 0);
    fake.miscounts = true;
    EXPECT_EQUAL(3, tries_until_done());
    EXPECT(exchange());
}

int main(void) {
    RUN(data_that_looks_like_answers_arrives_unchanged);
    RUN(older_firmware_is_set_to_passive_too_and_one_without_it_is_not_used);
    RUN(data_is_found_even_if_its_notice_is_missing);
    RUN(data_is_not_lost_when_the_peer_closes_behind_it);
    RUN(why_joining_failed_is_known);
    RUN(a_module_left_in_the_middle_of_a_send_is_brought_back);
    RUN(a_silent_module_is_given_up);
    RUN(the_module_is_used_only_once_it_was_seen_to_honour_rts);
    RUN(flow_control_is_set_up_again_after_a_restart);
    RUN(https_is_verified_and_named_whatever_the_module_was_set_up_for);
    RUN(a_module_short_of_memory_is_asked_for_less);
    RUN(a_connection_that_the_driver_does_not_know_of_is_closed_first);
    RUN(a_silent_server_is_asked_for_every_half_second_and_not_more);
    RUN(a_long_request_goes_in_pieces);
    RUN(bytes_lost_or_doubled_anywhere_are_noticed_and_survived);
    RUN(bytes_lost_or_doubled_on_the_way_to_the_module_are_survived);
    RUN(notices_doubled_glued_or_between_are_survived);
    RUN(a_notice_that_lost_its_tail_does_not_swallow_the_head_of_the_data);
    RUN(busy_restart_and_disconnect_at_any_command_are_survived);
    RUN(a_firmware_with_one_line_end_less_or_with_counts_of_its_own_is_learnt);
    return expect_end("esp_at");
}
