// An SD card in SPI mode, byte by byte, written from the specification and not from the driver. It checks the CRC of
// every command once it was told to, keeps the state that a real card keeps when its host disappears, and does wrong
// what it is told to do wrong.
#ifndef UPDRAFT_TEST_SD_CARD_MODEL_H
#define UPDRAFT_TEST_SD_CARD_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/spi.h"

enum sd_card_kind { SD_NONE, SD_STUCK_LOW, SD_VERSION_1, SD_VERSION_2, SD_HIGH_CAPACITY, SD_MMC };

struct sd_card_model {
    enum sd_card_kind kind;
    uint8_t *content;
    uint32_t blocks;
    unsigned answer_delay;  // bytes before an answer, 0 to 8
    unsigned init_rounds;   // SD_SEND_OP_COND answers "idle" so often
    unsigned data_delay;    // bytes before data
    unsigned busy;          // bytes that a write takes
    unsigned corrupt_reads; // so many reads come with a wrong bit
    unsigned error_tokens;  // so many reads come with an error token instead of data
    unsigned silent_reads;  // so many reads bring nothing
    unsigned refused_writes, failed_writes;
    bool never_ready;

    // What the card does and counts.
    bool selected, idle, started, crc_on, app;
    unsigned clocks_unselected, bytes, reads, writes;
    uint32_t clock_hz;
    uint8_t frame[6];
    unsigned frame_at;
    uint8_t queue[600]; // what it will send
    unsigned queue_at, queue_end;
    unsigned receiving; // 0: no write; 1: waits for the token; above: bytes of the block so far + 2
    uint32_t address;
    uint8_t block[514];
    unsigned busy_left;
    bool write_error;
};

void sd_card_model_bus(struct sd_card_model *card, struct updraft_spi_bus *bus);

#endif
