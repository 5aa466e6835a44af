// Staging outside the chip: two files on an SD card, or an external SPI NOR flash. What is staged there stays as it was
// downloaded, encrypted if it is.
#ifndef UPDRAFT_MEDIA_STAGING_H
#define UPDRAFT_MEDIA_STAGING_H

#include "media/fat.h"
#include "media/sd_spi.h"
#include "media/spi_nor.h"
#include "updraft_staging.h"

struct updraft_card_staging;
struct updraft_nor_staging;

struct updraft_card_file {
    struct updraft_card_staging *on;
    struct updraft_fat_file file;
};

struct updraft_card_staging {
    struct updraft_sd_card card;
    struct updraft_fat_volume volume;
    struct updraft_card_file update, fallback;
    struct updraft_staging of_fallback;
    uint8_t sector[UPDRAFT_FAT_SECTOR];
};

// UPDATE.UPD in the root directory, and FALLBACK.UPD if that is there too. Both are made beforehand, as large as the
// running slot: nothing is ever allocated on the card. False without card or UPDATE.UPD. `card` is kept.
bool updraft_staging_card(struct updraft_card_staging *card, const struct updraft_spi_bus *spi,
                          const struct updraft_layout *layout, struct updraft_staging *staging);

struct updraft_nor_file {
    struct updraft_nor_staging *on;
    uint32_t begin; // offset in the flash
};

struct updraft_nor_staging {
    struct updraft_spi_nor flash;
    struct updraft_nor_file update, fallback;
    struct updraft_staging of_fallback;
};

// At updraft_layout_nor_offset. False without a flash, or with one that is too small for both. `nor` is kept.
bool updraft_staging_nor(struct updraft_nor_staging *nor, const struct updraft_spi_bus *spi, uint32_t clock_hz,
                         const struct updraft_layout *layout, struct updraft_staging *staging);

#endif
