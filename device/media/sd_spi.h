// SD memory cards over SPI: standard capacity (byte addresses) and high capacity (block addresses), versions 1 and 2.
// Facts: SD Physical Layer Simplified Specification, chapter 7 (SPI mode). CRC checking is switched on in the card, so
// that commands and both directions of data are protected. MultiMediaCards are refused.
#ifndef UPDRAFT_MEDIA_SD_SPI_H
#define UPDRAFT_MEDIA_SD_SPI_H

#include "spi.h"

enum { SD_CARD_BLOCK = 512 }; // bytes

enum sd_card_status {
    SD_CARD_OK,
    SD_CARD_ABSENT,      // nothing on the bus answers as a card does
    SD_CARD_UNSUPPORTED, // no SD card, or one that does not run at 3.3 V
    SD_CARD_TIMEOUT,     // the card stayed busy or sent no data in the time the specification gives it
    SD_CARD_REFUSED,     // the card answered a command with an error (a block behind its end, for one)
    SD_CARD_CORRUPT,     // a CRC was wrong, or the card reported that it could not read
    SD_CARD_WRITE_FAILED,
};

// What the driver keeps; filled by sd_card_init.
struct sd_card {
    const struct spi_bus *spi;
    uint32_t bytes_per_ms; // of the bus at its present speed
    bool byte_addressed;   // standard capacity
};

// Brings the card from any state to one that reads and writes. Takes up to about 2 s with a card that never gets ready.
enum sd_card_status sd_card_init(struct sd_card *card, const struct spi_bus *spi);

// Reads one block of 512 bytes; tries up to three times. After an error the content of `data` is undefined.
enum sd_card_status sd_card_read(struct sd_card *card, uint32_t block, uint8_t *data);

// Writes one block of 512 bytes and asks the card whether it is on the medium. After an error the block is undefined.
enum sd_card_status sd_card_write(struct sd_card *card, uint32_t block, const uint8_t *data);

#endif
