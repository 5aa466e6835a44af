// The SD driver against the card model: every kind of card, and every way in which a card does not do what it should.
#include <string.h>

#include "expect.h"
#include "media/crc16.h"
#include "media/sd_spi.h"
#include "sd_card_model.h"

enum { BLOCKS = 64 };
static uint8_t content[BLOCKS * 512];
static struct sd_card_model model;
static struct updraft_spi_bus bus;
static struct updraft_sd_card card;

static void insert(enum sd_card_kind kind) {
    memset(&model, 0, sizeof model);
    model = (struct sd_card_model){
        .kind = kind, .content = content, .blocks = BLOCKS, .answer_delay = 2, .data_delay = 3, .busy = 40};
    for (size_t i = 0; i < sizeof content; i++)
        content[i] = (uint8_t)(i * 31 + i / 512);
    sd_card_model_bus(&model, &bus);
}

static void crc16_is_xmodem(void) {
    EXPECT_EQUAL(0x31C3, updraft_crc16_add(0, (const uint8_t *)"123456789", 9));
    uint8_t ones[512];
    memset(ones, 0xFF, sizeof ones);
    EXPECT_EQUAL(0x7FA1, updraft_crc16_add(0, ones, sizeof ones));
    EXPECT_EQUAL(0x31C3,
                 updraft_crc16_add(updraft_crc16_add(0, (const uint8_t *)"1234", 4), (const uint8_t *)"56789", 5));
}

static void every_kind_of_sd_card_is_read_and_written(void) {
    for (enum sd_card_kind kind = SD_VERSION_1; kind <= SD_HIGH_CAPACITY; kind++) {
        for (unsigned delay = 0; delay <= 8; delay++) {
            insert(kind);
            model.answer_delay = delay;
            model.init_rounds = delay * 3;
            EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_init(&card, &bus));
            EXPECT_EQUAL(kind != SD_HIGH_CAPACITY, card.byte_addressed);
            EXPECT(model.clock_hz > 400000 && model.crc_on);
            uint8_t block[512], other[512];
            EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_read(&card, 7, block));
            EXPECT(memcmp(block, content + 7 * 512, 512) == 0);
            memset(other, 0xA5, sizeof other);
            EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_write(&card, 9, other));
            EXPECT(memcmp(other, content + 9 * 512, 512) == 0);
            EXPECT(!model.selected);
        }
    }
}

static void no_card_and_a_dead_bus_are_told_in_bounded_time(void) {
    enum sd_card_kind kinds[] = {SD_NONE, SD_STUCK_LOW};
    for (unsigned i = 0; i < 2; i++) {
        insert(kinds[i]);
        EXPECT_EQUAL(UPDRAFT_SD_CARD_ABSENT, updraft_sd_card_init(&card, &bus));
        EXPECT(model.bytes < 4000);
    }
}

static void a_multimediacard_is_refused(void) {
    insert(SD_MMC);
    EXPECT_EQUAL(UPDRAFT_SD_CARD_UNSUPPORTED, updraft_sd_card_init(&card, &bus));
}

static void a_card_that_never_gets_ready_ends_in_a_timeout(void) {
    insert(SD_HIGH_CAPACITY);
    model.never_ready = true;
    EXPECT_EQUAL(UPDRAFT_SD_CARD_TIMEOUT, updraft_sd_card_init(&card, &bus));
    EXPECT(model.bytes > 50000 && model.bytes < 150000); // 1 s to 3 s at 400 kHz
}

static void a_bad_transfer_is_tried_again(void) {
    uint8_t block[512];
    for (unsigned bad = 1; bad <= 3; bad++) {
        insert(SD_HIGH_CAPACITY);
        EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_init(&card, &bus));
        model.corrupt_reads = bad;
        EXPECT_EQUAL(bad < 3 ? UPDRAFT_SD_CARD_OK : UPDRAFT_SD_CARD_CORRUPT, updraft_sd_card_read(&card, 1, block));
        EXPECT_EQUAL(0, model.corrupt_reads);
    }
    model.error_tokens = 3;
    EXPECT_EQUAL(UPDRAFT_SD_CARD_CORRUPT, updraft_sd_card_read(&card, 1, block));
    model.silent_reads = 1;
    EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_read(&card, 1, block));
    model.silent_reads = 3;
    EXPECT_EQUAL(UPDRAFT_SD_CARD_TIMEOUT, updraft_sd_card_read(&card, 1, block));
    EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_read(&card, 1, block));
}

static void a_block_behind_the_end_is_refused(void) {
    uint8_t block[512] = {0};
    for (enum sd_card_kind kind = SD_VERSION_1; kind <= SD_HIGH_CAPACITY; kind++) {
        insert(kind);
        EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_init(&card, &bus));
        EXPECT_EQUAL(UPDRAFT_SD_CARD_REFUSED, updraft_sd_card_read(&card, BLOCKS, block));
        EXPECT_EQUAL(UPDRAFT_SD_CARD_REFUSED, updraft_sd_card_write(&card, BLOCKS, block));
        EXPECT_EQUAL(UPDRAFT_SD_CARD_REFUSED,
                     updraft_sd_card_read(&card, 0x800000, block)); // its byte address would be 0 again
        EXPECT_EQUAL(UPDRAFT_SD_CARD_REFUSED, updraft_sd_card_read(&card, UINT32_MAX, block));
    }
}

static void a_write_that_fails_is_not_taken_for_done(void) {
    uint8_t block[512] = {1};
    insert(SD_VERSION_2);
    EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_init(&card, &bus));
    model.refused_writes = 1;
    EXPECT_EQUAL(UPDRAFT_SD_CARD_WRITE_FAILED, updraft_sd_card_write(&card, 3, block));
    model.failed_writes = 1; // "accepted", and then not on the medium
    EXPECT_EQUAL(UPDRAFT_SD_CARD_WRITE_FAILED, updraft_sd_card_write(&card, 3, block));
    EXPECT(memcmp(block, content + 3 * 512, 512) != 0);
    model.busy = 100000000;
    EXPECT_EQUAL(UPDRAFT_SD_CARD_TIMEOUT, updraft_sd_card_write(&card, 3, block));
    EXPECT_EQUAL(UPDRAFT_SD_CARD_TIMEOUT, updraft_sd_card_read(&card, 3, block));
}

static void a_card_that_its_host_left_in_the_middle_of_a_block_comes_back(void) {
    for (unsigned cut = 0; cut < 540; cut++) {
        for (unsigned writing = 0; writing < 2; writing++) {
            insert(SD_VERSION_2);
            EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_init(&card, &bus));
            model.busy = 300;
            uint8_t frame[6] = {writing ? 0x58 : 0x51, 0, 0, 0x0A, 0, writing ? 0xFF : 0xFF}, before[512], block[512];
            memcpy(before, content + 5 * 512, 512);
            // The CRC of the frame that the dead host sent.
            uint8_t crc = 0;
            for (unsigned i = 0; i < 40; i++)
                crc = (uint8_t)((crc << 1 ^ ((frame[i / 8] >> (7 - i % 8) & 1) ^ (crc >> 6 & 1) ? 9 : 0)) & 0x7F);
            frame[5] = (uint8_t)(crc << 1 | 1);
            bus.select(&model, true);
            bus.transfer(&model, frame, NULL, 6);
            bus.transfer(&model, NULL, NULL, 4);
            if (writing)
                bus.transfer(&model, (const uint8_t[]){0xFE}, NULL, 1);
            for (unsigned i = 0; i < cut; i++)
                bus.transfer(&model, writing ? (const uint8_t[]){0x11} : NULL, NULL, 1);
            EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_init(&card, &bus));
            EXPECT_EQUAL(UPDRAFT_SD_CARD_OK, updraft_sd_card_read(&card, 5, block));
            if (writing)
                EXPECT(memcmp(block, before, 512) == 0); // the half block did not become one
        }
    }
}

int main(void) {
    RUN(crc16_is_xmodem);
    RUN(every_kind_of_sd_card_is_read_and_written);
    RUN(no_card_and_a_dead_bus_are_told_in_bounded_time);
    RUN(a_multimediacard_is_refused);
    RUN(a_card_that_never_gets_ready_ends_in_a_timeout);
    RUN(a_bad_transfer_is_tried_again);
    RUN(a_block_behind_the_end_is_refused);
    RUN(a_write_that_fails_is_not_taken_for_done);
    RUN(a_card_that_its_host_left_in_the_middle_of_a_block_comes_back);
    return expect_end("sd card");
}
