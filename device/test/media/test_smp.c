// The SMP server: exact bytes of known frames, whole uploads by a client of the test's own, and everything that can go
// wrong on a line.
#include <stdint.h>
#include <string.h>

#include "expect.h"
#include "smp/updraft_smp.h"
#include "smp_client.h"

enum { SLOT = 8192, UNIT = UPDRAFT_SMP_WRITE_UNIT };
static uint8_t buffer[1024], slot[SLOT], sent[4096];
static uint32_t sent_length, erased, begun, ended, resets, slots_filled;
static enum updraft_smp_rc begin_rc, write_rc, end_rc;
static struct updraft_smp_server server;

static void put(void *context, uint8_t byte) {
    (void)context;
    if (sent_length < sizeof sent)
        sent[sent_length++] = byte;
}

static enum updraft_smp_rc upload_begin(void *context, uint32_t size, const uint8_t *data, uint32_t length,
                                        uint32_t *offset) {
    (void)context, (void)data;
    EXPECT(length > 0 || size > 0);
    EXPECT_EQUAL(0, *offset);
    begun++;
    if (size > SLOT)
        return UPDRAFT_SMP_NO_ROOM;
    memset(slot, 0xFF, sizeof slot);
    erased = 0;
    return begin_rc;
}

static enum updraft_smp_rc upload_write(void *context, uint32_t offset, uint32_t length) {
    (void)context;
    EXPECT_EQUAL(erased, offset); // in order, without gaps
    EXPECT(offset % UNIT == 0);
    memcpy(slot + offset, buffer, length);
    erased += length;
    memset(buffer, 0xA5, sizeof buffer); // a callback may use it
    return write_rc;
}

static enum updraft_smp_rc upload_end(void *context) {
    (void)context;
    ended++;
    memset(buffer, 0xA5, sizeof buffer);
    return end_rc;
}

static bool image(void *context, uint8_t index, struct updraft_smp_image *got) {
    (void)context;
    static const uint8_t versions[2][8] = {{1, 2, 3, 0, 0, 0, 0, 0}, {255, 255, 255, 255, 255, 255, 255, 255}};
    for (unsigned i = 0; i < 32; i++)
        got->digest[i] = (uint8_t)(i + index);
    memcpy(got->version, versions[index], 8);
    return slots_filled >> index & 1;
}

static void reset(void *context) {
    (void)context;
    EXPECT(sent_length > 0); // the answer goes first
    resets++;
}

static void write_packet(void *context, const uint8_t *packet, uint32_t length) {
    (void)context;
    memcpy(sent, packet, length);
    sent_length = length;
}

static const struct updraft_smp_config config = {.buffer_size = sizeof buffer,
                                                 .unit = UNIT,
                                                 .buffers = 1,
                                                 .slots = 2,
                                                 .put = put,
                                                 .write = write_packet,
                                                 .upload_begin = upload_begin,
                                                 .upload_write = upload_write,
                                                 .upload_end = upload_end,
                                                 .image = image,
                                                 .reset = reset};

static void boot(void) {
    server = (struct updraft_smp_server){.buffer = buffer};
    sent_length = begun = ended = resets = slots_filled = 0;
    begin_rc = write_rc = end_rc = UPDRAFT_SMP_OK;
}

static bool take(const void *data, size_t length) {
    bool answered = false;
    for (size_t i = 0; i < length; i++)
        answered |= updraft_smp_take_console(&server, &config, ((const uint8_t *)data)[i]);
    return answered;
}

static uint8_t got[2000];
static size_t got_length;

// Sends a request and keeps the answer in `got`.
static bool ask(const uint8_t *packet, size_t length) {
    uint8_t line[4000];
    sent_length = 0;
    bool answered = take(line, smp_client_frame(packet, length, line, 124));
    got_length = answered ? smp_client_unframe(sent, sent_length, got) : 0;
    return got_length > 0;
}

static size_t from_hex(const char *hex, uint8_t *data) {
    size_t length = 0;
    for (; *hex != '\0'; hex++) {
        unsigned byte;
        if (*hex == ' ')
            continue;
        sscanf(hex++, "%2x", &byte);
        data[length++] = (uint8_t)byte;
    }
    return length;
}

static void expect_exchange(const char *request, const char *answer) {
    uint8_t packet[200], want[200];
    size_t want_length = from_hex(answer, want);
    EXPECT(ask(packet, from_hex(request, packet)));
    EXPECT_EQUAL(want_length, got_length);
    if (want_length != got_length || memcmp(want, got, got_length) != 0) {
        fprintf(stderr, "request %s wanted %s got ", request, answer);
        for (size_t i = 0; i < got_length; i++)
            fprintf(stderr, "%02x", got[i]);
        fprintf(stderr, "\n");
        expect_failures++;
    }
}

static void known_frames_are_answered_byte_for_byte(void) {
    boot();
    // image state read, version 1, as a published capture has it
    static const char line[] = "\x06\x09"
                               "AAsIAAABAAEBAKCYMQ==\n";
    uint8_t answer[64];
    EXPECT(take(line, sizeof line - 1));
    EXPECT_EQUAL(8 + 9, smp_client_unframe(sent, sent_length, answer));
    EXPECT(memcmp(answer, "\x09\x00\x00\x09\x00\x01\x01\x00\xa1\x66images\x80", 17) == 0);
    // echo "hi" of version 2, and the same of version 1
    expect_exchange("0a00 0006 0000 42 00 a1 61 64 62 6869", "0b00 0006 0000 42 00 a1 61 72 62 6869");
    expect_exchange("0200 0006 0000 42 00 bf 61 64 62 6869 ff", "0300 0006 0000 42 00 a1 61 72 62 6869");
    expect_exchange("0800 0001 0000 07 06 a0",
                    "0900 0018 0000 07 06 a2 69 6275665f636f756e74 01 68 6275665f73697a65 19 03fc");
    // unknown commands and groups
    expect_exchange("0800 0001 0000 08 02 a0", "0900 0005 0000 08 02 a1 62 7263 08");
    expect_exchange("0a00 0001 0041 09 00 a0", "0b00 0005 0041 09 00 a1 62 7263 08");
    expect_exchange("0a00 0001 0001 0a 00 a0", "0b00 0005 0001 0a 00 a1 62 7263 08"); // setting the state
    EXPECT_EQUAL(0, resets);
    expect_exchange("0a00 0001 0000 0b 05 a0", "0b00 0001 0000 0b 05 a0");
    EXPECT_EQUAL(1, resets);
}

static void the_images_are_listed_with_version_and_hash(void) {
    boot();
    slots_filled = 3;
    uint8_t request[9];
    EXPECT(ask(request, from_hex("0800 0001 0001 01 00 a0", request)));
    static const char first[] = "\xa1\x66images\x82\xa3\x64slot\x00\x67version\x67"
                                "1.2.3.0\x64hash\x58\x20";
    EXPECT(memcmp(got + 8, first, sizeof first - 1) == 0);
    EXPECT_EQUAL(31, got[8 + sizeof first - 1 + 31]);
    static const char second[] = "\xa3\x64slot\x01\x67version\x78\x18"
                                 "255.255.65535.4294967295\x64hash\x58\x20";
    EXPECT(memcmp(got + 8 + sizeof first - 1 + 32, second, sizeof second - 1) == 0);
    EXPECT_EQUAL(8 + sizeof first - 1 + 32 + sizeof second - 1 + 32, got_length);
}

// Sends a piece; returns the offset that the server wants next and its rc in *rc; -1 where it did not answer as it
// should.
static long send_piece(uint32_t total, uint32_t offset, const uint8_t *data, uint32_t length, unsigned *rc) {
    uint8_t packet[1500];
    if (!ask(packet, smp_client_upload(packet, total, offset, data, length)) || got[0] != 0x0B || got[7] != 1)
        return -1;
    if (got[8] == 0xA1) { // an error
        *rc = got[12];
        return memcmp(got + 9, "\x62rc", 3) == 0 ? 0 : -1;
    }
    if (memcmp(got + 8, "\xa2\x62rc\x00\x63off", 9) != 0)
        return -1;
    *rc = 0;
    const uint8_t *at = got + 17;
    return *at < 24 ? *at : *at == 24 ? at[1] : *at == 25 ? at[1] << 8 | at[2] : -1;
}

static uint8_t file[SLOT];

static void fill_file(void) {
    for (unsigned i = 0; i < sizeof file; i++)
        file[i] = (uint8_t)(i * 7 + i / 251);
}

static void an_upload_arrives_whole_whatever_the_size_of_its_pieces(void) {
    fill_file();
    for (uint32_t piece = UNIT; piece < 900; piece += 61) {
        for (uint32_t total = 1; total <= SLOT; total = total * 5 + 31) {
            boot();
            long offset = 0;
            unsigned rc = 0, rounds = 0;
            while (offset < (long)total && rounds++ < 400) {
                uint32_t length = piece < total - (uint32_t)offset ? piece : total - (uint32_t)offset;
                offset = send_piece(offset == 0 ? total : 0, (uint32_t)offset, file + offset, length, &rc);
                EXPECT(offset > 0 && rc == 0);
                if (offset <= 0)
                    return;
            }
            EXPECT_EQUAL(total, offset);
            EXPECT_EQUAL(1, ended);
            EXPECT(memcmp(slot, file, total) == 0);
        }
    }
}

static void a_piece_that_came_twice_or_too_early_is_answered_with_the_offset_wanted(void) {
    boot();
    unsigned rc;
    EXPECT_EQUAL(0, send_piece(0, 64, file, 64, &rc)); // nothing was begun: start from 0
    EXPECT_EQUAL(0, begun);
    EXPECT_EQUAL(64, send_piece(200, 0, file, 64, &rc));
    EXPECT_EQUAL(128, send_piece(0, 64, file + 64, 64, &rc));
    EXPECT_EQUAL(128, send_piece(0, 64, file + 64, 64, &rc)); // its answer was lost
    EXPECT_EQUAL(128, send_piece(0, 160, file + 160, 40, &rc));
    EXPECT_EQUAL(64, send_piece(200, 0, file, 64, &rc)); // the client starts again
    EXPECT_EQUAL(2, begun);
    EXPECT_EQUAL(160, send_piece(0, 64, file + 64, 100, &rc)); // 36 bytes over a whole unit
    EXPECT_EQUAL(200, send_piece(0, 160, file + 160, 40, &rc));
    EXPECT_EQUAL(1, ended);
    EXPECT_EQUAL(200, send_piece(0, 160, file + 160, 40, &rc)); // the last answer was lost
    EXPECT_EQUAL(1, ended);
    EXPECT(memcmp(slot, file, 200) == 0);
}

static void an_upload_that_cannot_be_is_refused_and_starts_from_its_beginning(void) {
    boot();
    unsigned rc;
    send_piece(SLOT + 1, 0, file, 64, &rc);
    EXPECT_EQUAL(UPDRAFT_SMP_NO_ROOM, rc);
    send_piece(100, 0, file, 101, &rc); // more data than announced
    EXPECT_EQUAL(UPDRAFT_SMP_INVALID, rc);
    send_piece(100, 0, file, 31, &rc); // less than a unit
    EXPECT_EQUAL(UPDRAFT_SMP_INVALID, rc);
    EXPECT_EQUAL(0, ended);
    write_rc = UPDRAFT_SMP_UNKNOWN;
    send_piece(100, 0, file, 64, &rc);
    EXPECT_EQUAL(UPDRAFT_SMP_UNKNOWN, rc);
    write_rc = UPDRAFT_SMP_OK;
    EXPECT_EQUAL(0, send_piece(0, 64, file, 36, &rc));
    end_rc = UPDRAFT_SMP_CORRUPT;
    send_piece(100, 0, file, 100, &rc);
    EXPECT_EQUAL(UPDRAFT_SMP_CORRUPT, rc);
    EXPECT_EQUAL(1, ended);
    expect_exchange("0a00 0001 0001 05 01 a0", "0b00 0005 0001 05 01 a1 62 7263 03");
}

static void noise_between_and_within_lines_loses_no_more_than_the_packet_it_hit(void) {
    static const uint8_t echo[] = {0x0A, 0, 0, 6, 0, 0, 1, 0, 0xA1, 0x61, 0x64, 0x62, 'h', 'i'};
    uint8_t line[1000], longer[300] = {0x0A, 0, 0, 250, 0, 0, 1, 0, 0xA1, 0x61, 0x64, 0x78, 246};
    for (unsigned i = 13; i < 258; i++)
        longer[i] = 'a';
    size_t length = smp_client_frame(longer, 8 + 4 + 1 + 246, line, 124);
    longer[3] = 251; // the length in the header is not needed, and so not believed
    for (size_t at = 0; at < length; at++) {
        for (unsigned kind = 0; kind < 3; kind++) {
            boot();
            uint8_t hurt[1000];
            memcpy(hurt, line, length);
            size_t hurt_length = length;
            if (kind == 0)
                hurt[at] ^= 0x01; // a bit
            if (kind == 1)
                memmove(hurt + at, hurt + at + 1, --hurt_length - at); // a byte that was lost
            if (kind == 2)
                hurt_length = at; // the sender disappeared
            take(hurt, hurt_length);
            sent_length = 0;
            EXPECT(ask(echo, sizeof echo));
            EXPECT_EQUAL(14, got_length);
        }
    }
    boot();
    take("login: \x06\x06\x09zzz\nroot\x04\x14====\n\x04\n\x09\n\n", 30);
    EXPECT(ask(echo, sizeof echo));
    boot();
    static uint8_t flood[100000];
    memset(flood, 'A', sizeof flood);
    flood[0] = 0x06;
    flood[1] = 0x09;
    EXPECT(!take(flood, sizeof flood));
    EXPECT(ask(echo, sizeof echo));
}

static void a_packet_just_fits_the_buffer_and_a_longer_one_is_dropped(void) {
    static uint8_t packet[1200];
    for (size_t length = sizeof buffer - 8; length < sizeof buffer + 8; length++) {
        boot();
        size_t text = length - 8 - 6;
        memcpy(packet, (const uint8_t[]){0x0A, 0, (uint8_t)((length - 8) >> 8), (uint8_t)(length - 8), 0, 0, 1, 0}, 8);
        memcpy(packet + 8, (const uint8_t[]){0xA1, 0x61, 0x64, 0x79, (uint8_t)(text >> 8), (uint8_t)text}, 6);
        memset(packet + 14, 'x', text);
        bool answered = ask(packet, length);
        EXPECT_EQUAL(length <= sizeof buffer - UPDRAFT_SMP_FRAME_OVERHEAD, answered);
        if (answered)
            EXPECT_EQUAL(length, got_length);
    }
}

static void malformed_requests_are_answered_with_an_error(void) {
    static const char *const bodies[] = {"",
                                         "ff",
                                         "a1",
                                         "bf",
                                         "a16164",
                                         "a1616441",
                                         "a1616462",
                                         "a161647bffffffffffffffff",
                                         "a161645f4161ff",
                                         "a0",
                                         "a16164a0",
                                         "826164626869",
                                         "a1616479ffff",
                                         "a1616401",
                                         "a16164f6",
                                         "a1fb0000000000000000626869"};
    for (unsigned i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        boot();
        uint8_t packet[100] = {0x0A, 0, 0, 0, 0, 0, 1, 0};
        size_t length = from_hex(bodies[i], packet + 8);
        packet[3] = (uint8_t)length;
        EXPECT(ask(packet, 8 + length));
        bool refused = got_length == 13 && memcmp(got + 8, "\xa1\x62rc\x03", 5) == 0;
        if (!refused)
            fprintf(stderr, "not refused: %s\n", bodies[i]);
        EXPECT(refused);
    }
    // Fields that are not known are passed over.
    expect_exchange("0a00 0014 0000 01 00 a4 6178 1903e8 6179 f5 617a 4401020304 6164 616b",
                    "0b00 0005 0000 01 00 a1 6172 616b");
    uint8_t answer[9] = {0x0B, 0, 0, 1, 0, 0, 1, 0, 0xA0};
    EXPECT(!ask(answer, sizeof answer)); // somebody else's answer
    EXPECT(!ask(answer, 7));
}

// Packets back to back, in pieces of any size: a raw UART, and what is written to a Bluetooth characteristic.
static void raw_packets_are_put_together_whatever_the_pieces(void) {
    static const uint8_t echo[] = {0x0A, 0, 0, 6, 0, 0, 1, 0, 0xA1, 0x61, 0x64, 0x62, 'h', 'i'};
    uint8_t two[2 * sizeof echo];
    memcpy(two, echo, sizeof echo);
    memcpy(two + sizeof echo, echo, sizeof echo);
    for (uint32_t piece = 1; piece <= sizeof two; piece++) {
        boot();
        unsigned answered = 0;
        for (uint32_t at = 0; at < sizeof two; at += piece) {
            uint32_t length = piece < sizeof two - at ? piece : (uint32_t)sizeof two - at;
            answered += updraft_smp_take_raw(&server, &config, two + at, length);
        }
        EXPECT(answered >= 1);
        EXPECT_EQUAL(14, sent_length);
        EXPECT(memcmp(sent, "\x0b\0\0\x06\0\0\x01\0\xa1\x61\x72\x62hi", 14) == 0);
    }
}

static void a_raw_receiver_that_lost_its_place_finds_it_again(void) {
    static const uint8_t echo[] = {0x0A, 0, 0, 6, 0, 0, 1, 0, 0xA1, 0x61, 0x64, 0x62, 'h', 'i'};
    boot();
    EXPECT(!updraft_smp_take_raw(&server, &config, (const uint8_t *)"login: \xff\xff", 9)); // no request begins so
    EXPECT(updraft_smp_take_raw(&server, &config, echo, sizeof echo));
    // A packet that is too long is passed over whole.
    static uint8_t longer[8 + 5000] = {0x0A, 0, 5000 >> 8, 5000 & 255, 0, 0, 1, 0};
    memcpy(longer + 100, echo, sizeof echo);
    EXPECT(!updraft_smp_take_raw(&server, &config, longer, sizeof longer));
    EXPECT(updraft_smp_take_raw(&server, &config, echo, sizeof echo));
    // One that was cut off goes when the line was silent.
    EXPECT(!updraft_smp_take_raw(&server, &config, echo, 10));
    updraft_smp_drop(&server);
    EXPECT(updraft_smp_take_raw(&server, &config, echo, sizeof echo));
    EXPECT(!updraft_smp_take_raw(&server, &config, longer, 20));
    updraft_smp_drop(&server);
    EXPECT(updraft_smp_take_raw(&server, &config, echo, sizeof echo));
}

int main(void) {
    RUN(raw_packets_are_put_together_whatever_the_pieces);
    RUN(a_raw_receiver_that_lost_its_place_finds_it_again);
    RUN(known_frames_are_answered_byte_for_byte);
    RUN(the_images_are_listed_with_version_and_hash);
    RUN(an_upload_arrives_whole_whatever_the_size_of_its_pieces);
    RUN(a_piece_that_came_twice_or_too_early_is_answered_with_the_offset_wanted);
    RUN(an_upload_that_cannot_be_is_refused_and_starts_from_its_beginning);
    RUN(noise_between_and_within_lines_loses_no_more_than_the_packet_it_hit);
    RUN(a_packet_just_fits_the_buffer_and_a_longer_one_is_dropped);
    RUN(malformed_requests_are_answered_with_an_error);
    return expect_end("smp");
}
