// SD memory cards over SPI: standard capacity (byte addresses) and high capacity (block addresses), versions 1 and 2.
// Facts: SD Physical Layer Simplified Specification, chapter 7 (SPI mode). CRC checking is switched on in the card, so
// that commands and both directions of data are protected. MultiMediaCards are refused.
#ifndef UPDRAFT_MEDIA_SD_SPI_H
#define UPDRAFT_MEDIA_SD_SPI_H

#include "spi.h"

enum { UPDRAFT_SD_CARD_BLOCK = 512 }; // bytes

enum updraft_sd_card_status {
    UPDRAFT_SD_CARD_OK,
    UPDRAFT_SD_CARD_ABSENT,      // nothing on the bus answers as a card does
    UPDRAFT_SD_CARD_UNSUPPORTED, // no SD card, or one that does not run at 3.3 V
    UPDRAFT_SD_CARD_TIMEOUT,     // the card stayed busy or sent no data in the time the specification gives it
    UPDRAFT_SD_CARD_REFUSED,     // the card answered a command with an error (a block behind its end, for one)
    UPDRAFT_SD_CARD_CORRUPT,     // a CRC was wrong, or the card reported that it could not read
    UPDRAFT_SD_CARD_WRITE_FAILED,
};

// What the driver keeps; filled by updraft_sd_card_init.
struct updraft_sd_card {
    const struct updraft_spi_bus *spi;
    uint32_t bytes_per_ms; // of the bus at its present speed
    bool byte_addressed;   // standard capacity
};

// Brings the card from any state to one that reads and writes. Takes up to about 2 s with a card that never gets ready.
enum updraft_sd_card_status updraft_sd_card_init(struct updraft_sd_card *card, const struct updraft_spi_bus *spi);

// Reads one block of 512 bytes; tries up to three times. After an error the content of `data` is undefined.
enum updraft_sd_card_status updraft_sd_card_read(struct updraft_sd_card *card, uint32_t block, uint8_t *data);

// Writes one block of 512 bytes and asks the card whether it is on the medium. After an error the block is undefined.
enum updraft_sd_card_status updraft_sd_card_write(struct updraft_sd_card *card, uint32_t block, const uint8_t *data);

#endif
