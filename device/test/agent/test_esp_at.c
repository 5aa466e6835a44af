// The ESP-AT driver against a module that answers late, twice, wrongly, or not at all.
#include "esp_at.h"
#include "expect.h"
#include "fake_esp_at.h"

static struct fake_esp_at fake;
static struct updraft_esp_at_port port;
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
        int n = network.receive(network.context, data + got, size - got, 3000);
        if (n <= 0) {
            return n < 0 && got < wanted ? -1 : (int)got;
        }
        got += (size_t)n;
    }
    return (int)got;
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
    fake.join_error = "+CWJAP:3";
    EXPECT_EQUAL(UPDRAFT_ESP_AT_NO_ACCESS_POINT, updraft_esp_at_join(&esp));
    fake.join_error = NULL;
    EXPECT_EQUAL(UPDRAFT_ESP_AT_OK, updraft_esp_at_join(&esp));
    EXPECT_EQUAL(UPDRAFT_ESP_AT_OK, updraft_esp_at_join(&esp));
    EXPECT_EQUAL(3, fake.joins);
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

// One exchange, tried again as the agent would: every fault must end in the right bytes or a reported failure, never
// wrong bytes.
static bool exchange(void) {
    uint8_t data[256];
    if (!connect_to_peer() || !send_text("question")) {
        network.close(network.context);
        return false;
    }
    int got = receive_all(data, sizeof data, NASTY);
    EXPECT(got < 0 || (got <= (int)NASTY && memcmp(data, nasty, (size_t)got) == 0));
    network.close(network.context);
    return got == NASTY;
}

static int exchanges_until_done(enum fake_fault fault, uint32_t at) {
    power_up();
    fake.fault = fault;
    fake.fault_at = at;
    for (int i = 0; i < 8; i++) {
        fake.answers[i] = nasty;
        fake.answer_lengths[i] = NASTY;
    }
    int tries = 1;
    while (!exchange() && tries < 8) {
        tries++;
    }
    EXPECT(fake.clock < 200000);
    return tries;
}

static void a_byte_lost_anywhere_is_noticed_and_survived(void) {
    exchanges_until_done(FAULT_NONE, 0);
    uint32_t bytes = fake.emitted;
    for (uint32_t at = 1; at <= bytes; at++) {
        EXPECT(exchanges_until_done(FAULT_DROP_BYTE, at) <= 3);
    }
}

static void busy_restart_and_disconnect_at_any_command_are_survived(void) {
    exchanges_until_done(FAULT_NONE, 0);
    uint32_t commands = fake.commands;
    for (uint32_t at = 1; at <= commands; at++) {
        EXPECT(exchanges_until_done(FAULT_BUSY, at) <= 2);
        EXPECT(exchanges_until_done(FAULT_RESTART, at) <= 3);
        EXPECT(exchanges_until_done(FAULT_DISCONNECT, at) <= 3);
    }
    EXPECT(exchanges_until_done(FAULT_SILENT_SEND, 1) == 2);
}

int main(void) {
    RUN(data_that_looks_like_answers_arrives_unchanged);
    RUN(older_firmware_is_set_to_passive_too_and_one_without_it_is_not_used);
    RUN(data_is_found_even_if_its_notice_is_missing);
    RUN(data_is_not_lost_when_the_peer_closes_behind_it);
    RUN(why_joining_failed_is_known);
    RUN(a_module_left_in_the_middle_of_a_send_is_brought_back);
    RUN(a_silent_module_is_given_up);
    RUN(a_byte_lost_anywhere_is_noticed_and_survived);
    RUN(busy_restart_and_disconnect_at_any_command_are_survived);
    return expect_end("esp_at");
}
