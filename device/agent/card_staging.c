#include "updraft_media_staging.h"

#include <string.h>

static bool read_block(void *context, uint32_t block, uint8_t *data) {
    return updraft_sd_card_read(context, block, data) == UPDRAFT_SD_CARD_OK;
}

static bool write_block(void *context, uint32_t block, const uint8_t *data) {
    return updraft_sd_card_write(context, block, data) == UPDRAFT_SD_CARD_OK;
}

static bool file_block(void *context, uint32_t offset, uint32_t *start, uint32_t *length) {
    const struct updraft_card_file *file = context;
    *start = offset / UPDRAFT_FAT_SECTOR * UPDRAFT_FAT_SECTOR;
    *length = UPDRAFT_FAT_SECTOR;
    return offset < file->file.size;
}

static bool file_erase(void *context, uint32_t offset, uint32_t length) {
    (void)context, (void)offset, (void)length;
    return true; // a card erases by itself
}

static bool file_read(void *context, uint32_t offset, uint8_t *data, uint32_t length) {
    struct updraft_card_file *file = context;
    return updraft_fat_read(&file->on->volume, &file->file, offset, data, length) == UPDRAFT_FAT_OK;
}

static bool file_write(void *context, uint32_t offset, const uint8_t *data, uint32_t length) {
    struct updraft_card_file *file = context;
    uint8_t back[64];
    if (updraft_fat_write(&file->on->volume, &file->file, offset, data, length) != UPDRAFT_FAT_OK) {
        return false;
    }
    file->on->volume.loaded = UINT32_MAX; // what is compared is to come from the card
    for (uint32_t done = 0; done < length; done += sizeof back) {
        uint32_t part = length - done < sizeof back ? length - done : sizeof back;
        if (!file_read(context, offset + done, back, part) || memcmp(back, data + done, part) != 0) {
            return false;
        }
    }
    return true;
}

static bool open(struct updraft_card_staging *card, struct updraft_card_file *file, const char *name,
                 const struct updraft_layout *layout, struct updraft_staging *staging) {
    file->on = card;
    if (updraft_fat_open(&card->volume, name, UINT32_MAX, &file->file) != UPDRAFT_FAT_OK) {
        return false;
    }
    uint32_t whole = file->file.size / UPDRAFT_FAT_SECTOR * UPDRAFT_FAT_SECTOR;
    *staging = (struct updraft_staging){.context = file,
                                        .source = UPDRAFT_SOURCE_CARD,
                                        .size = whole < layout->running.size ? whole : layout->running.size,
                                        .unit = UPDRAFT_FAT_SECTOR,
                                        .block = file_block,
                                        .erase = file_erase,
                                        .write = file_write,
                                        .read = file_read};
    return true;
}

bool updraft_staging_card(struct updraft_card_staging *card, const struct updraft_spi_bus *spi,
                          const struct updraft_layout *layout, struct updraft_staging *staging) {
    if (updraft_sd_card_init(&card->card, spi) != UPDRAFT_SD_CARD_OK) {
        return false;
    }
    card->volume = (struct updraft_fat_volume){
        .context = &card->card, .read = read_block, .write = write_block, .sector = card->sector, .keeps_sector = true};
    if (updraft_fat_mount(&card->volume) != UPDRAFT_FAT_OK ||
        !open(card, &card->update, "UPDATE  UPD", layout, staging)) {
        return false;
    }
    if (open(card, &card->fallback, "FALLBACKUPD", layout, &card->of_fallback)) {
        staging->fallback = &card->of_fallback;
    }
    return true;
}
