// CBOR, the protocol's messages and the settings sector: exact bytes out, nothing but well-formed bytes in.
#include "expect.h"
#include "updraft_cbor.h"
#include "updraft_protocol.h"
#include "updraft_settings.h"

static size_t from_hex(const char *hex, uint8_t *data) {
    size_t length = 0;
    for (; hex[0] != '\0'; hex += 2) {
        unsigned byte;
        sscanf(hex, "%2x", &byte);
        data[length++] = (uint8_t)byte;
    }
    return length;
}

static void numbers_are_written_in_their_shortest_form(void) {
    static const struct {
        uint32_t value;
        const char *hex;
    } examples[] = {// RFC 8949, appendix A
                    {0, "00"},
                    {23, "17"},
                    {24, "1818"},
                    {100, "1864"},
                    {255, "18ff"},
                    {256, "190100"},
                    {1000, "1903e8"},
                    {65535, "19ffff"},
                    {65536, "1a00010000"},
                    {1000000, "1a000f4240"},
                    {UINT32_MAX, "1affffffff"}};
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        uint8_t data[8], wanted[8];
        struct updraft_cbor_writer writer = {.data = data, .size = sizeof data};
        updraft_cbor_write_uint(&writer, examples[i].value);
        size_t length = from_hex(examples[i].hex, wanted);
        EXPECT_EQUAL(length, writer.length);
        EXPECT(memcmp(data, wanted, length) == 0);
        struct updraft_cbor_reader reader = {.data = data, .size = length};
        uint32_t value;
        EXPECT(updraft_cbor_read_uint(&reader, &value) && value == examples[i].value);
    }
}

static void a_full_writer_writes_nothing_past_its_end_and_tells_the_length_wanted(void) {
    uint8_t data[4] = {9, 9, 9, 9};
    struct updraft_cbor_writer writer = {.data = data, .size = 3};
    updraft_cbor_write_text(&writer, "abc");
    EXPECT_EQUAL(4, writer.length);
    EXPECT_EQUAL(9, data[3]);
}

static void any_item_of_the_rfc_can_be_skipped(void) {
    static const char *const items[] = {"1bffffffffffffffff",
                                        "3903e7",
                                        "f97e00",
                                        "fb3ff199999999999a",
                                        "f6",
                                        "c074323031332d30332d32315432303a30343a30305a",
                                        "d74401020304",
                                        "83010203",
                                        "8301820203820405",
                                        "a56161614161626142616361436164614461656145",
                                        "826161a161626163",
                                        "80"};
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        uint8_t data[64];
        size_t length = from_hex(items[i], data);
        struct updraft_cbor_reader reader = {.data = data, .size = length};
        EXPECT(updraft_cbor_skip(&reader));
        EXPECT_EQUAL(length, reader.at);
        for (size_t cut = 0; cut < length; cut++) {
            struct updraft_cbor_reader shorter = {.data = data, .size = cut};
            EXPECT(!updraft_cbor_skip(&shorter));
        }
    }
}

static void indefinite_lengths_and_absurd_counts_are_refused(void) {
    static const char *const items[] = {
        "5f42010243030405ff", "9fff", "bf61610101ff", "9bffffffffffffffff", "bbffffffffffffffff",
        "5bffffffffffffffff", "1c",   "9a7fffffff00"};
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        uint8_t data[64];
        struct updraft_cbor_reader reader = {.data = data, .size = from_hex(items[i], data)};
        EXPECT(!updraft_cbor_skip(&reader));
    }
}

static size_t write_offer(uint8_t *data, size_t size, const char *version, const char *url, int leave_out) {
    uint8_t hash[32];
    memset(hash, 0xA5, sizeof hash);
    struct updraft_cbor_writer writer = {.data = data, .size = size};
    updraft_cbor_write_map(&writer, leave_out == 0 ? 7 : 6);
    if (leave_out != 1) {
        updraft_cbor_write_uint(&writer, 1);
        updraft_cbor_write_bytes(&writer, hash, 32);
    }
    if (leave_out != 2) {
        updraft_cbor_write_uint(&writer, 2);
        updraft_cbor_write_text(&writer, version);
    }
    if (leave_out != 3) {
        updraft_cbor_write_uint(&writer, 3);
        updraft_cbor_write_text(&writer, url);
    }
    if (leave_out != 4) {
        updraft_cbor_write_uint(&writer, 4);
        updraft_cbor_write_uint(&writer, 4711);
    }
    if (leave_out != 5) {
        updraft_cbor_write_uint(&writer, 5);
        updraft_cbor_write_bytes(&writer, hash, 32);
    }
    if (leave_out != 6) {
        updraft_cbor_write_uint(&writer, 6);
        updraft_cbor_write_uint(&writer, 0);
    }
    updraft_cbor_write_uint(&writer, 99); // something newer
    updraft_cbor_write_map(&writer, 1);
    updraft_cbor_write_text(&writer, "a");
    updraft_cbor_write_bool(&writer, true);
    return writer.length;
}

static void an_offer_is_read_and_keys_it_does_not_know_are_skipped(void) {
    uint8_t data[512];
    struct updraft_offer offer;
    EXPECT(updraft_offer_read(&offer, data, write_offer(data, sizeof data, "1.1.0+7", "/device/v1/artifacts/ab", 0)));
    EXPECT_EQUAL(4711, offer.size);
    EXPECT(strcmp(offer.version, "1.1.0+7") == 0);
    EXPECT(strcmp(offer.url, "/device/v1/artifacts/ab") == 0);
    EXPECT(offer.digest[31] == 0xA5 && offer.sha256[0] == 0xA5);
}

static void an_offer_that_is_cut_short_lengthened_or_incomplete_is_refused(void) {
    uint8_t data[512];
    struct updraft_offer offer;
    size_t length = write_offer(data, sizeof data, "1.1.0", "/a", 0);
    for (size_t cut = 0; cut < length; cut++) {
        EXPECT(!updraft_offer_read(&offer, data, cut));
    }
    data[length] = 0;
    EXPECT(!updraft_offer_read(&offer, data, length + 1));
    for (int key = 1; key <= 5; key++) {
        EXPECT(!updraft_offer_read(&offer, data, write_offer(data, sizeof data, "1.1.0", "/a", key)));
    }
    EXPECT(updraft_offer_read(&offer, data,
                              write_offer(data, sizeof data, "1.1.0", "/a", 6))); // kind: image where it is not said
}

static void an_offer_whose_texts_could_break_a_request_line_is_refused(void) {
    static const char *const urls[] = {"/a b", "/a\r\nX: y", "/\x7f", "", "/\xc3\xa4"};
    uint8_t data[512];
    struct updraft_offer offer;
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        EXPECT(!updraft_offer_read(&offer, data, write_offer(data, sizeof data, "1.1.0", urls[i], 0)));
    }
}

static void a_check_in_has_the_bytes_of_the_reference(void) {
    uint8_t digest[32], data[UPDRAFT_PROTOCOL_CHECK_IN_MAX], wanted[UPDRAFT_PROTOCOL_CHECK_IN_MAX];
    memset(digest, 0x11, sizeof digest);
    struct updraft_check_in check_in = {.digest = digest,
                                        .version = "1.0.0",
                                        .board = "stm32f407",
                                        .staging_size = 393216,
                                        .capabilities = 3,
                                        .trial = true,
                                        .counter = 7};
    size_t length = updraft_check_in_write(&check_in, data, sizeof data);
    size_t expected = from_hex("a7015820"
                               "1111111111111111111111111111111111111111111111111111111111111111"
                               "0265312e302e30036973746d333266343037041a0006000005030"
                               "6f50707",
                               wanted);
    EXPECT_EQUAL(expected, length);
    EXPECT(memcmp(data, wanted, expected) == 0);
    EXPECT_EQUAL(0, updraft_check_in_write(&check_in, data, length - 1));
}

static void a_report_leaves_out_what_is_not_given(void) {
    uint8_t digest[32] = {0}, data[UPDRAFT_PROTOCOL_REPORT_MAX];
    struct updraft_report report = {.seq = 300, .event = UPDRAFT_REPORT_REFUSED, .digest = digest, .reason = "board"};
    size_t length = updraft_report_write(&report, data, sizeof data);
    EXPECT_EQUAL(1 + 4 + 2 + 1 + 34 + 1 + 6, length);
    EXPECT_EQUAL(0xA4, data[0]);
    report.reason = NULL;
    updraft_report_write(&report, data, sizeof data);
    EXPECT_EQUAL(0xA3, data[0]);
}

// docs/reference/device-settings.md: magic, length, CRC-32 of the text.
static size_t write_settings(uint8_t *data, const char *text) {
    size_t length = strlen(text);
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < length; i++) {
        crc ^= (uint8_t)text[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB88320U : 0);
        }
    }
    crc = ~crc;
    memcpy(data, "UPDS", 4);
    for (int i = 0; i < 4; i++) {
        data[4 + i] = (uint8_t)(length >> 8 * i);
        data[8 + i] = (uint8_t)(crc >> 8 * i);
    }
    memcpy(data + 12, text, length);
    return 12 + length;
}

static void settings_are_read_and_names_it_does_not_know_are_skipped(void) {
    uint8_t data[512];
    struct updraft_settings settings;
    size_t size = write_settings(data, "id=d-1\ntoken=secret=x\nserver=10.0.0.1:8080\nssid=home net\npassword=p,\"\\\n"
                                       "colour=blue\ninterval=90\n");
    EXPECT_EQUAL(UPDRAFT_SETTINGS_OK, updraft_settings_read(&settings, data, size));
    EXPECT(strcmp(settings.id, "d-1") == 0 && strcmp(settings.token, "secret=x") == 0);
    EXPECT(strcmp(settings.ssid, "home net") == 0 && strcmp(settings.password, "p,\"\\") == 0);
    EXPECT_EQUAL(90, settings.interval);
    EXPECT_EQUAL(UPDRAFT_SETTINGS_DAMAGED, updraft_settings_read(&settings, data, size - 1));
    data[size - 1] ^= 1;
    EXPECT_EQUAL(UPDRAFT_SETTINGS_DAMAGED, updraft_settings_read(&settings, data, size));
}

static void settings_that_cannot_work_say_why(void) {
    uint8_t data[512];
    struct updraft_settings settings;
    memset(data, 0xFF, sizeof data);
    EXPECT_EQUAL(UPDRAFT_SETTINGS_NONE, updraft_settings_read(&settings, data, sizeof data));
    EXPECT_EQUAL(UPDRAFT_SETTINGS_NONE, updraft_settings_read(&settings, data, 3));
    EXPECT_EQUAL(UPDRAFT_SETTINGS_MISSING,
                 updraft_settings_read(&settings, data, write_settings(data, "id=a\ntoken=b\n")));
    EXPECT_EQUAL(UPDRAFT_SETTINGS_DAMAGED,
                 updraft_settings_read(&settings, data, write_settings(data, "id=a\ntoken=b\nserver=c")));
    EXPECT_EQUAL(UPDRAFT_SETTINGS_DAMAGED,
                 updraft_settings_read(&settings, data, write_settings(data, "id=a\nnonsense\n")));
    EXPECT_EQUAL(UPDRAFT_SETTINGS_DAMAGED, updraft_settings_read(&settings, data, write_settings(data, "id=a\rb\n")));
    EXPECT_EQUAL(UPDRAFT_SETTINGS_DAMAGED,
                 updraft_settings_read(&settings, data, write_settings(data, "interval=99999999999\n")));
    EXPECT_EQUAL(
        UPDRAFT_SETTINGS_TOO_LONG,
        updraft_settings_read(&settings, data, write_settings(data, "ssid=123456789012345678901234567890123\n")));
}

static void flags_are_true_or_false_and_nothing_else(void) {
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t bytes[] = {(uint8_t)byte};
        struct updraft_cbor_reader reader = {.data = bytes, .size = 1};
        bool value = byte == 0xf4;
        EXPECT_EQUAL(byte == 0xf4 || byte == 0xf5, updraft_cbor_read_bool(&reader, &value));
        EXPECT(byte != 0xf4 || !value);
        EXPECT(byte != 0xf5 || value);
    }
}

int main(void) {
    RUN(flags_are_true_or_false_and_nothing_else);
    RUN(numbers_are_written_in_their_shortest_form);
    RUN(a_full_writer_writes_nothing_past_its_end_and_tells_the_length_wanted);
    RUN(any_item_of_the_rfc_can_be_skipped);
    RUN(indefinite_lengths_and_absurd_counts_are_refused);
    RUN(an_offer_is_read_and_keys_it_does_not_know_are_skipped);
    RUN(an_offer_that_is_cut_short_lengthened_or_incomplete_is_refused);
    RUN(an_offer_whose_texts_could_break_a_request_line_is_refused);
    RUN(a_check_in_has_the_bytes_of_the_reference);
    RUN(a_report_leaves_out_what_is_not_given);
    RUN(settings_are_read_and_names_it_does_not_know_are_skipped);
    RUN(settings_that_cannot_work_say_why);
    return expect_end("messages");
}
