#include "card.h"

#include <string.h>

#include "media/fat.h"
#include "media/sd_spi.h"
#include "stage.h"
#include "verify.h"

// What reads of the file need; only within one call of this file's functions.
struct source {
    struct sd_card card;
    struct fat_volume volume;
    struct fat_file file;
    struct updraft_reader reader;
    struct boot_cipher *cipher; // opens what is read; NULL: the bytes as they stand on the card
};

_Static_assert(sizeof(((struct boot *)0)->sector) == FAT_SECTOR, "a sector fits");

static bool read_block(void *context, uint32_t block, uint8_t *data) {
    return sd_card_read(context, block, data) == SD_CARD_OK;
}

static enum updraft_status read_file(void *context, uint32_t offset, void *data, uint32_t length) {
    struct source *source = context;
    if (fat_read(&source->volume, &source->file, offset, data, length) != FAT_OK)
        return UPDRAFT_ERROR_READ;
    if (source->cipher != NULL)
        boot_cipher_apply(source->cipher, offset, data, length);
    return UPDRAFT_OK;
}

static enum updraft_status open_file(struct source *source, struct boot *boot) {
    if (boot->platform->card == NULL || sd_card_init(&source->card, boot->platform->card) != SD_CARD_OK)
        return UPDRAFT_ERROR_ABSENT;
    boot->platform->feed();
    source->cipher = NULL;
    source->volume.context = &source->card;
    source->volume.read = read_block;
    source->volume.write = NULL;
    source->volume.sector = boot->sector;
    enum fat_status status = fat_mount(&source->volume);
    if (status == FAT_OK)
        status = fat_open(&source->volume, "UPDATE  UPD", boot->layout->running.size, &source->file);
    source->reader = (struct updraft_reader){source, read_file, status == FAT_OK ? source->file.size : 0};
    return status == FAT_OK          ? UPDRAFT_OK
           : status == FAT_TOO_LARGE ? UPDRAFT_ERROR_TOO_LARGE
           : status == FAT_IO        ? UPDRAFT_ERROR_READ
                                     : UPDRAFT_ERROR_ABSENT;
}

static enum updraft_status verify(struct boot *boot, struct source *source, uint8_t digest[32], uint32_t *size) {
    struct updraft_image image = {0};
    enum updraft_status status = open_file(source, boot);
    if (status == UPDRAFT_OK)
        status = updraft_image_open(&image, &source->reader);
    if (status == UPDRAFT_OK)
        status = boot_cipher_open(&boot->cipher, boot->platform->decryption_key, &source->reader, &image);
    source->cipher = &boot->cipher;
    // What it depends on is checked when it is installed.
    if (status == UPDRAFT_OK)
        status = boot_verify(boot, &source->reader, &image, NULL, digest);
    source->cipher = NULL; // it goes into staging as it is
    *size = image.total_size;
    return status;
}

enum updraft_status boot_card_verify(struct boot *boot, uint8_t digest[32]) {
    struct source source;
    uint32_t size;
    return verify(boot, &source, digest, &size);
}

enum updraft_status boot_card_stage(struct boot *boot, const uint8_t wanted[32]) {
    struct source source;
    uint32_t size;
    uint8_t digest[32];
    enum updraft_status status = verify(boot, &source, digest, &size);
    if (status == UPDRAFT_OK && memcmp(digest, wanted, sizeof digest) != 0)
        status = UPDRAFT_ERROR_DIGEST;
    for (uint32_t offset = 0; offset < size && status == UPDRAFT_OK; offset += sizeof boot->buffer) {
        uint32_t part = size - offset < sizeof boot->buffer ? size - offset : sizeof boot->buffer;
        status = source.reader.read(&source, offset, boot->buffer, part);
        if (status == UPDRAFT_OK)
            status = boot_stage(boot, offset, part);
    }
    return status;
}
