#include "medium.h"

#include <stdlib.h>
#include <string.h>

#include "media/sd_spi.h"
#include "media/spi_nor.h"

enum { CLUSTERS = 5000, FAT_SECTORS = (CLUSTERS + 2) * 2 / 512 + 1, ROOT = 1 + FAT_SECTORS, DATA = ROOT + 1 };

static struct medium *inserted;

void medium_insert(struct medium *medium) {
    inserted = medium;
}

struct medium medium_create(uint32_t room, struct sim_power *power) {
    struct updraft_flash_region *region = malloc(sizeof *region);
    if (region == NULL)
        abort();
    *region = (struct updraft_flash_region){MEDIUM_BASE, MEDIUM_SECTOR, 2 * room / MEDIUM_SECTOR};
    struct medium medium = {.sim = sim_create(region, 1, 32, false), .room = room, .wrong_at = -1};
    medium.sim->power = power;
    return medium;
}

uint32_t medium_address(const struct medium *medium, bool fallback) {
    return MEDIUM_BASE + (fallback ? medium->room : 0);
}

static bool write_sector(struct sim_flash *sim, bool is_card, uint32_t address, const uint8_t *data) {
    const struct updraft_flash *flash = &sim->flash;
    if (is_card)
        return sim_overwrite(sim, address, data, MEDIUM_SECTOR) == UPDRAFT_OK;
    return flash->erase(sim, address) == UPDRAFT_OK && flash->program(sim, address, data, MEDIUM_SECTOR) == UPDRAFT_OK;
}

bool medium_write(struct medium *medium, bool is_card, bool fallback, const uint8_t *bytes, uint32_t size) {
    uint32_t address = medium_address(medium, fallback);
    for (uint32_t at = 0; at < size; at += MEDIUM_SECTOR) {
        uint8_t sector[MEDIUM_SECTOR], back[MEDIUM_SECTOR];
        memset(sector, 0xff, sizeof sector);
        memcpy(sector, bytes + at, size - at < MEDIUM_SECTOR ? size - at : MEDIUM_SECTOR);
        if (!write_sector(medium->sim, is_card, address + at, sector) ||
            medium->sim->flash.read(medium->sim, address + at, back, sizeof back) != UPDRAFT_OK ||
            memcmp(back, sector, sizeof back) != 0)
            return false;
    }
    return true;
}

// media/sd_spi.h

static void put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

static void boot_sector(uint8_t *data) {
    memcpy(data, (uint8_t[]){0xeb, 0x3c, 0x90}, 3);
    put16(data + 11, 512);
    data[13] = 1; // sector a cluster
    put16(data + 14, 1);
    data[16] = 1; // table
    put16(data + 17, 16);
    put16(data + 19, DATA + CLUSTERS);
    put16(data + 22, FAT_SECTORS);
    put16(data + 510, 0xaa55);
}

static void table_sector(uint8_t *data, uint32_t index, uint32_t clusters) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t cluster = index * 256 + i, within = cluster - 2;
        if (cluster >= 2 && within < 2 * clusters)
            put16(data + 2 * i, (within + 1) % clusters == 0 ? 0xffff : cluster + 1);
    }
}

static void root_sector(uint8_t *data, uint32_t clusters) {
    for (uint32_t file = 0; file < 2; file++) {
        uint8_t *entry = data + 32 * file;
        uint32_t size = clusters * 512;
        memcpy(entry, file == 0 ? "UPDATE  UPD" : "FALLBACKUPD", 11);
        put16(entry + 26, 2 + file * clusters);
        put16(entry + 28, size);
        put16(entry + 30, size >> 16);
    }
}

static bool is_there(void) {
    return !inserted->gone && !inserted->away;
}

// One reading: what stands there, a wrong bit in it, or nothing.
static bool read_medium(uint32_t at, uint8_t *data, uint32_t length) {
    int64_t reading = inserted->readings++;
    if (!is_there() || (reading >= inserted->silent_from && reading < inserted->silent_to))
        return false;
    bool good = inserted->sim->flash.read(inserted->sim, MEDIUM_BASE + at, data, length) == UPDRAFT_OK;
    if (reading == inserted->wrong_at)
        data[length / 2] ^= 0x40;
    return good;
}

enum updraft_sd_card_status updraft_sd_card_init(struct updraft_sd_card *card, const struct updraft_spi_bus *spi) {
    card->spi = spi;
    return is_there() ? UPDRAFT_SD_CARD_OK : UPDRAFT_SD_CARD_ABSENT;
}

enum updraft_sd_card_status updraft_sd_card_read(struct updraft_sd_card *card, uint32_t block, uint8_t *data) {
    uint32_t clusters = inserted->room / 512;
    (void)card;
    memset(data, 0, 512);
    if (block == 0)
        boot_sector(data);
    else if (block < ROOT)
        table_sector(data, block - 1, clusters);
    else if (block == ROOT)
        root_sector(data, clusters);
    else
        return read_medium((block - DATA) * 512, data, 512) ? UPDRAFT_SD_CARD_OK : UPDRAFT_SD_CARD_CORRUPT;
    return UPDRAFT_SD_CARD_OK;
}

// media/spi_nor.h

enum { BLOCK = 0x10000 }; // the fallback starts at one: docs/reference/flash-map.md

enum updraft_spi_nor_status updraft_spi_nor_init(struct updraft_spi_nor *nor, const struct updraft_spi_bus *spi) {
    nor->spi = spi;
    nor->size = 16 << 20;
    return is_there() ? UPDRAFT_SPI_NOR_OK : UPDRAFT_SPI_NOR_ABSENT;
}

// Nobody notices that an external flash is silent: an empty bus reads as ones.
enum updraft_spi_nor_status updraft_spi_nor_read(struct updraft_spi_nor *nor, uint32_t offset, uint8_t *data,
                                                 uint32_t length) {
    uint32_t fallback = (inserted->room + BLOCK - 1) / BLOCK * BLOCK;
    uint32_t at = offset < fallback ? offset : inserted->room + offset - fallback;
    (void)nor;
    if (!read_medium(at, data, length))
        memset(data, 0xff, length);
    return UPDRAFT_SPI_NOR_OK;
}
