// DHCP and DNS: what is asked for, and what an answer may make of it. The messages are laid out by hand after RFC 2131,
// 2132 and 1035.
#include "expect.h"
#include "net/ip/dhcp.h"
#include "net/ip/dns.h"

static const struct updraft_dhcp_client client = {{2, 0, 0, 1, 2, 3}, 0x11223344, "board-7"};

// ---- DHCP

static size_t answer(uint8_t message[600], uint8_t type, const uint8_t *options, size_t length) {
    static const uint8_t cookie[] = {99, 130, 83, 99};
    memset(message, 0, 600);
    message[0] = 2, message[1] = 1, message[2] = 6;
    memcpy(message + 4, (uint8_t[]){0x11, 0x22, 0x33, 0x44}, 4);
    memcpy(message + 16, (uint8_t[]){192, 168, 7, 20}, 4);
    memcpy(message + 28, client.mac, 6);
    memcpy(message + 236, cookie, 4);
    memcpy(message + 240, (uint8_t[]){53, 1, type}, 3);
    memcpy(message + 243, options, length);
    message[243 + length] = 255;
    return 244 + length;
}

static const uint8_t usual[] = {54, 4, 192, 168, 7,   1, 51, 4, 0, 0, 14, 16, 1, 4, 255, 255, 0,
                                0,  3, 8,   192, 168, 7, 1,  9, 9, 9, 9,  6,  4, 8, 8,   4,   4};

static bool holds(const uint8_t *message, size_t length, const void *bytes, size_t count) {
    for (size_t i = 240; i + count <= length; i++)
        if (memcmp(message + i, bytes, count) == 0)
            return true;
    return false;
}

static void a_discover_says_who_asks_and_wants_a_broadcast(void) {
    uint8_t message[UPDRAFT_DHCP_MESSAGE_MAX];
    size_t length = updraft_dhcp_write(&client, UPDRAFT_DHCP_DISCOVER, NULL, false, message, sizeof message);
    EXPECT(length >= 300);
    EXPECT_EQUAL(1, message[0]);
    EXPECT_EQUAL(0x80, message[10]);
    EXPECT(memcmp(message + 28, client.mac, 6) == 0);
    EXPECT(holds(message, length, "\x35\x01\x01\x3d\x07\x01\x02\x00\x00\x01\x02\x03", 12));
    EXPECT(holds(message, length,
                 "\x0c\x07"
                 "board-7",
                 9));
    EXPECT(!holds(message, length, "\x32\x04", 2));
    EXPECT_EQUAL(0, updraft_dhcp_write(&client, UPDRAFT_DHCP_DISCOVER, NULL, false, message, 299));
}

static void a_request_names_address_and_server_and_a_renewal_neither(void) {
    uint8_t message[UPDRAFT_DHCP_MESSAGE_MAX];
    struct updraft_dhcp_lease lease = {.address = {192, 168, 7, 20}, .server = {192, 168, 7, 1}};
    size_t length = updraft_dhcp_write(&client, UPDRAFT_DHCP_REQUEST, &lease, false, message, sizeof message);
    EXPECT(holds(message, length, "\x32\x04\xc0\xa8\x07\x14\x36\x04\xc0\xa8\x07\x01", 12));
    EXPECT_EQUAL(0, message[12]);
    length = updraft_dhcp_write(&client, UPDRAFT_DHCP_REQUEST, &lease, true, message, sizeof message);
    EXPECT(memcmp(message + 12, lease.address, 4) == 0);
    EXPECT_EQUAL(0, message[10]);
    EXPECT(!holds(message, length, "\x32\x04", 2) && !holds(message, length, "\x36\x04", 2));
}

static void an_ack_gives_the_lease(void) {
    uint8_t message[600];
    struct updraft_dhcp_lease lease;
    size_t length = answer(message, 5, usual, sizeof usual);
    EXPECT_EQUAL(UPDRAFT_DHCP_ACK, updraft_dhcp_read(&client, message, length, &lease));
    EXPECT(memcmp(lease.address, (uint8_t[]){192, 168, 7, 20}, 4) == 0);
    EXPECT(memcmp(lease.mask, (uint8_t[]){255, 255, 0, 0}, 4) == 0);
    EXPECT(memcmp(lease.gateway, (uint8_t[]){192, 168, 7, 1}, 4) == 0);
    EXPECT(memcmp(lease.dns, (uint8_t[]){8, 8, 4, 4}, 4) == 0);
    EXPECT_EQUAL(3600, lease.seconds);
    EXPECT_EQUAL(1800, lease.renew);
}

static void options_may_go_on_in_the_fields_for_names(void) {
    uint8_t message[600];
    struct updraft_dhcp_lease lease;
    size_t length = answer(message, 5, (uint8_t[]){52, 1, 3}, 3);
    memcpy(message + 108, usual, 18); // file: server, seconds, mask
    message[108 + 18] = 255;
    memcpy(message + 44, usual + 18, sizeof usual - 18); // sname: the rest
    message[44 + sizeof usual - 18] = 255;
    EXPECT_EQUAL(UPDRAFT_DHCP_ACK, updraft_dhcp_read(&client, message, length, &lease));
    EXPECT(memcmp(lease.dns, (uint8_t[]){8, 8, 4, 4}, 4) == 0);
    EXPECT_EQUAL(3600, lease.seconds);
}

static void what_is_not_ours_changes_nothing(void) {
    uint8_t message[600];
    struct updraft_dhcp_lease lease = {.seconds = 7};
    size_t length = answer(message, 5, usual, sizeof usual);
    for (size_t shorter = 0; shorter < 240; shorter++)
        EXPECT_EQUAL(UPDRAFT_DHCP_NOT_OURS, updraft_dhcp_read(&client, message, shorter, &lease));
    for (size_t at = 4; at < 8; at++) { // another transaction
        message[at] ^= 1;
        EXPECT_EQUAL(UPDRAFT_DHCP_NOT_OURS, updraft_dhcp_read(&client, message, length, &lease));
        message[at] ^= 1;
    }
    message[30] ^= 1; // somebody else's
    EXPECT_EQUAL(UPDRAFT_DHCP_NOT_OURS, updraft_dhcp_read(&client, message, length, &lease));
    message[30] ^= 1;
    message[244] = 200; // an option longer than the message
    EXPECT_EQUAL(UPDRAFT_DHCP_NOT_OURS, updraft_dhcp_read(&client, message, length, &lease));
    length = answer(message, 5, usual + 6, sizeof usual - 6); // no server
    EXPECT_EQUAL(UPDRAFT_DHCP_NOT_OURS, updraft_dhcp_read(&client, message, length, &lease));
    length = answer(message, 5, usual, sizeof usual);
    memset(message + 16, 0, 4); // no address
    EXPECT_EQUAL(UPDRAFT_DHCP_NOT_OURS, updraft_dhcp_read(&client, message, length, &lease));
    EXPECT_EQUAL(7, lease.seconds);
    length = answer(message, 6, usual, 6);
    EXPECT_EQUAL(UPDRAFT_DHCP_NAK, updraft_dhcp_read(&client, message, length, &lease));
}

// ---- DNS

static const uint8_t two_answers[] = {0xC0, 12,  0,   5,   0, 1, 0, 0, 0, 60, 0, 5, 3,  'c', 'd', 'n', 0, // an alias
                                      3,    'c', 'd', 'n', 0, 0, 1, 0, 1, 0,  0, 0, 60, 0,   4,   93,  184, 216, 34};

static size_t reply(const uint8_t *question, size_t asked, uint8_t result, uint8_t message[512]) {
    memcpy(message, question, asked);
    message[2] = 0x81;
    message[3] = 0x80 | result;
    message[7] = result == 0 ? 2 : 0;
    memcpy(message + asked, two_answers, sizeof two_answers);
    return asked + (result == 0 ? sizeof two_answers : 0);
}

static void a_question_is_labels(void) {
    uint8_t question[UPDRAFT_DNS_QUESTION_MAX];
    static const char labels[] = "\x07updates\x07"
                                 "example\x03"
                                 "com\0\0\1\0\1";
    size_t asked = updraft_dns_write("updates.example.com", 0xBEEF, question);
    EXPECT_EQUAL(12 + sizeof labels - 1, asked);
    EXPECT(memcmp(question, "\xBE\xEF\x01\0\0\1\0\0\0\0\0\0", 12) == 0);
    EXPECT(memcmp(question + 12, labels, sizeof labels - 1) == 0);
    EXPECT_EQUAL(asked, updraft_dns_write("updates.example.com.", 0xBEEF, question));
}

static void what_is_no_name_is_not_asked_for(void) {
    uint8_t question[UPDRAFT_DNS_QUESTION_MAX];
    char name[300];
    EXPECT_EQUAL(0, updraft_dns_write("", 1, question));
    EXPECT_EQUAL(0, updraft_dns_write(".", 1, question));
    EXPECT_EQUAL(0, updraft_dns_write("a..b", 1, question));
    memset(name, 'a', sizeof name);
    name[64] = '\0';
    EXPECT_EQUAL(0, updraft_dns_write(name, 1, question));
    name[64] = 'a';
    for (size_t at = 60; at < sizeof name; at += 60)
        name[at] = '.';
    name[253] = '\0';
    EXPECT(updraft_dns_write(name, 1, question) > 0);
    name[253] = 'a', name[254] = '\0';
    EXPECT_EQUAL(0, updraft_dns_write(name, 1, question));
}

static void an_address_is_found_behind_an_alias(void) {
    uint8_t question[UPDRAFT_DNS_QUESTION_MAX], message[512], address[4] = {0};
    size_t asked = updraft_dns_write("updates.example.com", 0x1234, question);
    size_t length = reply(question, asked, 0, message);
    message[13] = 'U'; // names have no case
    EXPECT_EQUAL(UPDRAFT_DNS_FOUND, updraft_dns_read(question, asked, message, length, address));
    EXPECT(memcmp(address, (uint8_t[]){93, 184, 216, 34}, 4) == 0);
    EXPECT_EQUAL(UPDRAFT_DNS_NO_SUCH_NAME,
                 updraft_dns_read(question, asked, message, reply(question, asked, 3, message), address));
    EXPECT_EQUAL(UPDRAFT_DNS_FAILED,
                 updraft_dns_read(question, asked, message, reply(question, asked, 2, message), address));
    length = reply(question, asked, 0, message);
    message[7] = 1; // the alias alone
    EXPECT_EQUAL(UPDRAFT_DNS_NO_SUCH_NAME, updraft_dns_read(question, asked, message, length, address));
}

static void the_answer_to_another_question_is_not_ours(void) {
    uint8_t question[UPDRAFT_DNS_QUESTION_MAX], message[512], address[4];
    size_t asked = updraft_dns_write("updates.example.com", 0x1234, question);
    size_t length = reply(question, asked, 0, message);
    for (size_t at = 0; at < asked; at++) {
        if (at == 3 || (at >= 6 && at < 12)) // result and counts
            continue;
        message[at] ^= at == 2 ? 0x80 : 0x01;
        EXPECT_EQUAL(UPDRAFT_DNS_NOT_OURS, updraft_dns_read(question, asked, message, length, address));
        message[at] ^= at == 2 ? 0x80 : 0x01;
    }
    for (size_t shorter = 0; shorter < length; shorter++)
        EXPECT_EQUAL(UPDRAFT_DNS_NOT_OURS, updraft_dns_read(question, asked, message, shorter, address));
}

static void addresses_are_four_numbers(void) {
    uint8_t address[4];
    EXPECT(updraft_ip_parse("192.168.0.254", address));
    EXPECT(memcmp(address, (uint8_t[]){192, 168, 0, 254}, 4) == 0);
    static const char *const wrong[] = {"",         "1.2.3",   "1.2.3.", "1.2.3.4.",   "256.1.1.1",
                                        "1.2.3.4a", "a.2.3.4", "1..2.3", "00001.1.1.1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        EXPECT(!updraft_ip_parse(wrong[i], address));
}

int main(void) {
    RUN(a_discover_says_who_asks_and_wants_a_broadcast);
    RUN(a_request_names_address_and_server_and_a_renewal_neither);
    RUN(an_ack_gives_the_lease);
    RUN(options_may_go_on_in_the_fields_for_names);
    RUN(what_is_not_ours_changes_nothing);
    RUN(a_question_is_labels);
    RUN(what_is_no_name_is_not_asked_for);
    RUN(an_address_is_found_behind_an_alias);
    RUN(the_answer_to_another_question_is_not_ours);
    RUN(addresses_are_four_numbers);
    return expect_end("ip");
}
