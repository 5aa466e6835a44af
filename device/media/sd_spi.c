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

    // Times of the specification (4.6.2, 7.2), with room.
    READ_MS = 150,
    BUSY_MS = 500,
    INIT_MS = 1000,

    INIT_HZ = 400000,
    RUN_HZ = 25000000,
};

static void send(struct sd_card *card, const uint8_t *data, size_t length) {
    card->spi->transfer(card->spi->context, data, NULL, length);
}

static void receive(struct sd_card *card, uint8_t *data, size_t length) {
    card->spi->transfer(card->spi->context, NULL, data, length);
}

static uint8_t next(struct sd_card *card) {
    uint8_t byte;
    receive(card, &byte, 1);
    return byte;
}

static void select(struct sd_card *card, bool selected) {
    card->spi->select(card->spi->context, selected);
}

static void release(struct sd_card *card) {
    select(card, false);
    next(card); // a card lets go of its output only at the next clock
}

// Clocks until the card sends something else than `byte`, and returns that; `byte` itself when the time is over.
static uint8_t skip(struct sd_card *card, uint8_t byte, uint32_t ms) {
    uint8_t got = byte;
    for (uint32_t left = ms * card->bytes_per_ms; left > 0 && got == byte; left--)
        got = next(card);
    return got;
}

static bool wait_ready(struct sd_card *card) {
    for (uint32_t left = BUSY_MS * card->bytes_per_ms; left > 0; left--) {
        if (next(card) == 0xFF)
            return true;
    }
    return false;
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
static uint8_t command(struct sd_card *card, uint8_t index, uint32_t argument) {
    select(card, true);
    // A card that was cut off in the middle of something may look busy before the first command, and takes it all the
    // same.
    if (index != GO_IDLE_STATE && !wait_ready(card))
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

// The same for commands with nothing behind R1.
static uint8_t simple(struct sd_card *card, uint8_t index, uint32_t argument) {
    uint8_t r1 = command(card, index, argument);
    release(card);
    return r1;
}

// The same for commands with four bytes behind R1.
static uint8_t long_answer(struct sd_card *card, uint8_t index, uint32_t argument, uint8_t answer[4]) {
    uint8_t r1 = command(card, index, argument);
    receive(card, answer, 4);
    release(card);
    return r1;
}

static void set_clock(struct sd_card *card, uint32_t limit_hz) {
    card->bytes_per_ms = card->spi->clock(card->spi->context, limit_hz) / 8000 + 1;
}

static bool reset(struct sd_card *card) {
    for (unsigned tries = 0; tries < 4; tries++) {
        select(card, false);
        send(card, NULL, 10); // at least 74 clocks before the first command
        // A card that lost its host in the middle of a block still sends or awaits the rest, and any byte of it could
        // pass for R1.
        select(card, true);
        send(card, NULL, SD_CARD_BLOCK + 16);
        if (simple(card, GO_IDLE_STATE, 0) == R1_IDLE)
            return true;
    }
    return false;
}

enum sd_card_status sd_card_init(struct sd_card *card, const struct spi_bus *spi) {
    card->spi = spi;
    set_clock(card, INIT_HZ);
    if (!reset(card))
        return SD_CARD_ABSENT;

    uint8_t answer[4];
    bool version_2 = false;
    uint8_t r1 = long_answer(card, SEND_IF_COND, CHECK_PATTERN, answer);
    if (!(r1 & R1_ILLEGAL)) {
        if (r1 != R1_IDLE || (answer[2] & 0x0F) != CHECK_PATTERN >> 8 || answer[3] != (CHECK_PATTERN & 0xFF)) {
            return SD_CARD_UNSUPPORTED;
        }
        version_2 = true;
    }
    if (simple(card, CRC_ON_OFF, 1) != R1_IDLE)
        return SD_CARD_UNSUPPORTED;

    // One round takes 18 bytes or more.
    uint32_t rounds = INIT_MS * card->bytes_per_ms / 18;
    do {
        if (rounds-- == 0)
            return SD_CARD_TIMEOUT;
        simple(card, APP_CMD, 0);
        r1 = simple(card, SD_SEND_OP_COND, version_2 ? (uint32_t)HIGH_CAPACITY << 24 : 0);
    } while (r1 == R1_IDLE);
    if (r1 != 0)
        return r1 & R1_ILLEGAL ? SD_CARD_UNSUPPORTED : SD_CARD_TIMEOUT;

    card->byte_addressed = true;
    if (version_2) {
        // Some readers in front of cards still show the idle bit here.
        if (long_answer(card, READ_OCR, 0, answer) & ~R1_IDLE)
            return SD_CARD_REFUSED;
        card->byte_addressed = !(answer[0] & HIGH_CAPACITY);
    }
    if (card->byte_addressed && simple(card, SET_BLOCKLEN, SD_CARD_BLOCK) != 0)
        return SD_CARD_REFUSED;
    set_clock(card, RUN_HZ);
    return SD_CARD_OK;
}

// Starts a command on a block; the card stays selected.
static enum sd_card_status start(struct sd_card *card, uint8_t index, uint32_t block) {
    if (card->byte_addressed) {
        if (block > UINT32_MAX / SD_CARD_BLOCK)
            return SD_CARD_REFUSED;
        block *= SD_CARD_BLOCK;
    }
    uint8_t r1 = command(card, index, block);
    if (r1 == R1_NONE)
        return SD_CARD_TIMEOUT;
    return r1 == 0 ? SD_CARD_OK : SD_CARD_REFUSED;
}

static enum sd_card_status read_data(struct sd_card *card, uint8_t *data) {
    uint8_t token = skip(card, 0xFF, READ_MS);
    if (token == 0xFF)
        return SD_CARD_TIMEOUT;
    if (token != START_BLOCK)
        return SD_CARD_CORRUPT;
    uint8_t crc[2];
    receive(card, data, SD_CARD_BLOCK);
    receive(card, crc, sizeof crc);
    // A CRC over data and its own CRC is 0.
    return crc16_add(crc16_add(0, data, SD_CARD_BLOCK), crc, sizeof crc) == 0 ? SD_CARD_OK : SD_CARD_CORRUPT;
}

enum sd_card_status sd_card_read(struct sd_card *card, uint32_t block, uint8_t *data) {
    enum sd_card_status status = SD_CARD_OK;
    for (unsigned tries = 0; tries < 3; tries++) {
        status = start(card, READ_SINGLE_BLOCK, block);
        if (status == SD_CARD_OK)
            status = read_data(card, data);
        release(card);
        if (status == SD_CARD_OK)
            break;
    }
    return status;
}

static enum sd_card_status write_data(struct sd_card *card, const uint8_t *data) {
    uint16_t sum = crc16_add(0, data, SD_CARD_BLOCK);
    const uint8_t lead[2] = {0xFF, START_BLOCK}, crc[2] = {(uint8_t)(sum >> 8), (uint8_t)sum};
    send(card, lead, sizeof lead);
    send(card, data, SD_CARD_BLOCK);
    send(card, crc, sizeof crc);
    if ((next(card) & 0x1F) != DATA_ACCEPTED)
        return SD_CARD_WRITE_FAILED;
    return wait_ready(card) ? SD_CARD_OK : SD_CARD_TIMEOUT;
}

enum sd_card_status sd_card_write(struct sd_card *card, uint32_t block, const uint8_t *data) {
    enum sd_card_status status = start(card, WRITE_BLOCK, block);
    if (status == SD_CARD_OK)
        status = write_data(card, data);
    release(card);
    if (status != SD_CARD_OK)
        return status;
    // "Accepted" only says that the data arrived; R2 says whether programming went well.
    uint8_t r1 = command(card, SEND_STATUS, 0), r2 = next(card);
    release(card);
    return (r1 | r2) == 0 ? SD_CARD_OK : SD_CARD_WRITE_FAILED;
}
