#include "card.h"

#if UPDRAFT_CARD

_Static_assert(BOOT_PIECE + UPDRAFT_FAT_SECTOR <= BOOT_COPY_BUFFER && BOOT_PIECE % UPDRAFT_FAT_SECTOR == 0,
               "a sector fits");

static bool read_block(void *context, uint32_t block, uint8_t *data) {
    return updraft_sd_card_read(context, block, data) == UPDRAFT_SD_CARD_OK;
}

static enum updraft_status read_file(void *context, uint32_t offset, void *data, uint32_t length) {
    struct boot_card *card = context;
    return updraft_fat_read(&card->volume, &card->file, offset, data, length) == UPDRAFT_FAT_OK ? UPDRAFT_OK
                                                                                                : UPDRAFT_ERROR_READ;
}

enum updraft_status boot_card_open(struct boot *boot, enum boot_file file, struct updraft_reader *reader) {
    struct boot_card *card = &boot->medium.card;
    if (boot->platform->card == NULL || updraft_sd_card_init(&card->card, boot->platform->card) != UPDRAFT_SD_CARD_OK)
        return UPDRAFT_ERROR_ABSENT;
    boot->platform->feed();
    card->volume.context = &card->card; // nothing here writes, and updraft_fat_mount fills in the rest
    card->volume.read = read_block;
    card->volume.sector = boot->buffer + BOOT_PIECE;
    card->volume.keeps_sector = true;
    enum updraft_fat_status status = updraft_fat_mount(&card->volume);
    if (status == UPDRAFT_FAT_OK)
        status = updraft_fat_open(&card->volume, file == BOOT_UPDATE ? "UPDATE  UPD" : "FALLBACKUPD",
                                  boot->layout->running.size, &card->file);
    *reader = (struct updraft_reader){card, read_file, card->file.size};
    return status == UPDRAFT_FAT_OK          ? UPDRAFT_OK
           : status == UPDRAFT_FAT_TOO_LARGE ? UPDRAFT_ERROR_TOO_LARGE
           : status == UPDRAFT_FAT_IO        ? UPDRAFT_ERROR_READ
                                             : UPDRAFT_ERROR_ABSENT;
}

#endif
