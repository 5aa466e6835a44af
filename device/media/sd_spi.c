#include "sd_spi.h"

#include "crc16.h"

enum {
    // Commands (SD simplified specification, table 7-3).
    GO_IDLE_STATE = 0,
    SEND_IF_COND = 8,
    SEND_STATUS = 13,
    SET_BLOCKLEN = 16,
    READ_SINGLE_BLOCK = 17,
    WRITE_BLOCK = 24,
    SD_SEND_OP_COND = 41, // after APP_CMD
    APP_CMD = 55,
    READ_OCR = 58,
    CRC_ON_OFF = 59,

    // R1, the answer to every command.
    R1_IDLE = 0x01,
    R1_ILLEGAL = 0x04,
    R1_NONE = 0x80, // this bit is never set in an answer

    START_BLOCK = 0xFE,
    DATA_ACCEPTED = 0x05,

    HIGH_CAPACITY = 0x40, // of SD_SEND_OP_COND's argument and of the OCR, in the highest byte
    CHECK_PATTERN = 0x1AA,

    // More than the longest time of the specification (4.6.2): 250 ms that a write, 100 ms that a read may take.
    WAIT_MS = 500,
    INIT_ROUNDS = 48, // of SD_SEND_OP_COND, for each byte that a ms has: with 26 bytes each, a second and more

    INIT_HZ = 400000,
    RUN_HZ = 25000000,
};

// Called from many places: inlined, it takes more.
#define OUTLINED __attribute__((noinline))

static void send(struct updraft_sd_card *card, const uint8_t *data, size_t length) {
    card->spi->transfer(card->spi->context, data, NULL, length);
}

static void receive(struct updraft_sd_card *card, uint8_t *data, size_t length) {
    card->spi->transfer(card->spi->context, NULL, data, length);
}

static uint8_t next(struct updraft_sd_card *card) {
    uint8_t byte;
    receive(card, &byte, 1);
    return byte;
}

static void select(struct updraft_sd_card *card, bool selected) {
    card->spi->select(card->spi->context, selected);
}

static OUTLINED void release(struct updraft_sd_card *card) {
    select(card, false);
    next(card); // a card lets go of its output only at the next clock
}

// Clocks until the card is ready (it sends 0xFF), or until it is not; returns what it sent last.
static OUTLINED uint8_t wait(struct updraft_sd_card *card, bool ready) {
    uint8_t got = 0;
    for (uint32_t left = WAIT_MS * card->bytes_per_ms; left > 0; left--) {
        got = next(card);
        if ((got == 0xFF) == ready)
            break;
    }
    return got;
}

static uint8_t crc7(const uint8_t *data, unsigned length) {
    uint8_t crc = 0; // in the upper seven bits
    while (length-- > 0) {
        crc ^= *data++;
        for (unsigned bit = 0; bit < 8; bit++)
            crc = (uint8_t)(crc << 1) ^ (crc & 0x80 ? 0x09 << 1 : 0);
    }
    return crc | 1;
}

// Selects the card and sends a command; the card stays selected. Returns R1, or R1_NONE when none came.
static uint8_t command(struct updraft_sd_card *card, uint8_t index, uint32_t argument) {
    select(card, true);
    // A card that was cut off in the middle of something may look busy before the first command, and takes it all the
    // same.
    if (index != GO_IDLE_STATE && wait(card, true) != 0xFF)
        return R1_NONE;
    uint8_t frame[6] = {0x40 | index, (uint8_t)(argument >> 24), (uint8_t)(argument >> 16), (uint8_t)(argument >> 8),
                        (uint8_t)argument};
    frame[5] = crc7(frame, 5);
    send(card, frame, sizeof frame);
    uint8_t r1 = R1_NONE;
    for (unsigned tries = 0; tries < 10 && (r1 & R1_NONE); tries++)
        r1 = next(card);
    return r1 & R1_NONE ? R1_NONE : r1;
}

// The same with the four bytes behind R1, and lets go of the card. Of a command that has none they mean nothing.
static uint8_t exchange(struct updraft_sd_card *card, uint8_t index, uint32_t argument, uint8_t answer[4]) {
    uint8_t r1 = command(card, index, argument);
    receive(card, answer, 4);
    release(card);
    return r1;
}

static void set_clock(struct updraft_sd_card *card, uint32_t limit_hz) {
    card->bytes_per_ms = card->spi->clock(card->spi->context, limit_hz) / 8000 + 1;
}

static bool reset(struct updraft_sd_card *card) {
    uint8_t answer[4];
    for (unsigned tries = 0; tries < 4; tries++) {
        select(card, false);
        send(card, NULL, 10); // at least 74 clocks before the first command
        // A card that lost its host in the middle of a block still sends or awaits the rest, and any byte of it could
        // pass for R1.
        select(card, true);
        send(card, NULL, UPDRAFT_SD_CARD_BLOCK + 16);
        if (exchange(card, GO_IDLE_STATE, 0, answer) == R1_IDLE)
            return true;
    }
    return false;
}

enum updraft_sd_card_status updraft_sd_card_init(struct updraft_sd_card *card, const struct updraft_spi_bus *spi) {
    uint8_t answer[4];
    card->spi = spi;
    set_clock(card, INIT_HZ);
    if (!reset(card))
        return UPDRAFT_SD_CARD_ABSENT;

    uint32_t high_capacity = 0; // asked for in SD_SEND_OP_COND: of cards from version 2 on
    uint8_t r1 = exchange(card, SEND_IF_COND, CHECK_PATTERN, answer);
    if (!(r1 & R1_ILLEGAL)) {
        if (r1 != R1_IDLE || ((answer[2] << 8 | answer[3]) & 0xFFF) != CHECK_PATTERN)
            return UPDRAFT_SD_CARD_UNSUPPORTED;
        high_capacity = HIGH_CAPACITY << 24;
    }
    if (exchange(card, CRC_ON_OFF, 1, answer) != R1_IDLE)
        return UPDRAFT_SD_CARD_UNSUPPORTED;

    uint32_t rounds = INIT_ROUNDS * card->bytes_per_ms;
    do {
        if (rounds-- == 0)
            return UPDRAFT_SD_CARD_TIMEOUT;
        exchange(card, APP_CMD, 0, answer);
        r1 = exchange(card, SD_SEND_OP_COND, high_capacity, answer);
    } while (r1 == R1_IDLE);
    if (r1 != 0)
        return r1 & R1_ILLEGAL ? UPDRAFT_SD_CARD_UNSUPPORTED : UPDRAFT_SD_CARD_TIMEOUT;

    // Some readers in front of cards still show the idle bit here.
    if (high_capacity != 0 && exchange(card, READ_OCR, 0, answer) & ~R1_IDLE)
        return UPDRAFT_SD_CARD_REFUSED;
    card->byte_addressed = high_capacity == 0 || !(answer[0] & HIGH_CAPACITY);
    if (card->byte_addressed && exchange(card, SET_BLOCKLEN, UPDRAFT_SD_CARD_BLOCK, answer) != 0)
        return UPDRAFT_SD_CARD_REFUSED;
    set_clock(card, RUN_HZ);
    return UPDRAFT_SD_CARD_OK;
}

// Starts a command on a block; the card stays selected.
static enum updraft_sd_card_status start(struct updraft_sd_card *card, uint8_t index, uint32_t block) {
    if (card->byte_addressed) {
        if (block > UINT32_MAX / UPDRAFT_SD_CARD_BLOCK)
            return UPDRAFT_SD_CARD_REFUSED;
        block *= UPDRAFT_SD_CARD_BLOCK;
    }
    uint8_t r1 = command(card, index, block);
    if (r1 == R1_NONE)
        return UPDRAFT_SD_CARD_TIMEOUT;
    return r1 == 0 ? UPDRAFT_SD_CARD_OK : UPDRAFT_SD_CARD_REFUSED;
}

static enum updraft_sd_card_status read_data(struct updraft_sd_card *card, uint8_t *data) {
    uint8_t token = wait(card, false);
    if (token == 0xFF)
        return UPDRAFT_SD_CARD_TIMEOUT;
    if (token != START_BLOCK)
        return UPDRAFT_SD_CARD_CORRUPT;
    uint8_t crc[2];
    receive(card, data, UPDRAFT_SD_CARD_BLOCK);
    receive(card, crc, sizeof crc);
    // A CRC over data and its own CRC is 0.
    return updraft_crc16_add(updraft_crc16_add(0, data, UPDRAFT_SD_CARD_BLOCK), crc, sizeof crc) == 0
               ? UPDRAFT_SD_CARD_OK
               : UPDRAFT_SD_CARD_CORRUPT;
}

enum updraft_sd_card_status updraft_sd_card_read(struct updraft_sd_card *card, uint32_t block, uint8_t *data) {
    enum updraft_sd_card_status status;
    unsigned tries = 0;
    do {
        status = start(card, READ_SINGLE_BLOCK, block);
        if (status == UPDRAFT_SD_CARD_OK)
            status = read_data(card, data);
        release(card);
    } while (status != UPDRAFT_SD_CARD_OK && ++tries < 3);
    return status;
}

static enum updraft_sd_card_status write_data(struct updraft_sd_card *card, const uint8_t *data) {
    uint16_t sum = updraft_crc16_add(0, data, UPDRAFT_SD_CARD_BLOCK);
    const uint8_t lead[2] = {0xFF, START_BLOCK}, crc[2] = {(uint8_t)(sum >> 8), (uint8_t)sum};
    send(card, lead, sizeof lead);
    send(card, data, UPDRAFT_SD_CARD_BLOCK);
    send(card, crc, sizeof crc);
    if ((next(card) & 0x1F) != DATA_ACCEPTED)
        return UPDRAFT_SD_CARD_WRITE_FAILED;
    return wait(card, true) == 0xFF ? UPDRAFT_SD_CARD_OK : UPDRAFT_SD_CARD_TIMEOUT;
}

enum updraft_sd_card_status updraft_sd_card_write(struct updraft_sd_card *card, uint32_t block, const uint8_t *data) {
    enum updraft_sd_card_status status = start(card, WRITE_BLOCK, block);
    if (status == UPDRAFT_SD_CARD_OK)
        status = write_data(card, data);
    release(card);
    if (status != UPDRAFT_SD_CARD_OK)
        return status;
    // "Accepted" only says that the data arrived; R2 says whether programming went well.
    uint8_t r2[4], r1 = exchange(card, SEND_STATUS, 0, r2);
    return (r1 | r2[0]) == 0 ? UPDRAFT_SD_CARD_OK : UPDRAFT_SD_CARD_WRITE_FAILED;
}
