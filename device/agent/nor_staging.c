#include "updraft_media_staging.h"

#include <string.h>

static bool file_block(void *context, uint32_t offset, uint32_t *start, uint32_t *length) {
    (void)context;
    *start = offset / UPDRAFT_SPI_NOR_SECTOR * UPDRAFT_SPI_NOR_SECTOR;
    *length = UPDRAFT_SPI_NOR_SECTOR;
    return true;
}

static bool file_erase(void *context, uint32_t offset, uint32_t length) {
    const struct updraft_nor_file *file = context;
    return updraft_spi_nor_erase(&file->on->flash, file->begin + offset, length) == UPDRAFT_SPI_NOR_OK;
}

static bool file_read(void *context, uint32_t offset, uint8_t *data, uint32_t length) {
    const struct updraft_nor_file *file = context;
    return updraft_spi_nor_read(&file->on->flash, file->begin + offset, data, length) == UPDRAFT_SPI_NOR_OK;
}

static bool file_write(void *context, uint32_t offset, const uint8_t *data, uint32_t length) {
    const struct updraft_nor_file *file = context;
    uint8_t back[64];
    if (updraft_spi_nor_program(&file->on->flash, file->begin + offset, data, length) != UPDRAFT_SPI_NOR_OK) {
        return false;
    }
    for (uint32_t done = 0; done < length; done += sizeof back) {
        uint32_t part = length - done < sizeof back ? length - done : sizeof back;
        if (!file_read(context, offset + done, back, part) || memcmp(back, data + done, part) != 0) {
            return false;
        }
    }
    return true;
}

static struct updraft_staging open(struct updraft_nor_staging *nor, struct updraft_nor_file *file, uint32_t begin,
                                   const struct updraft_layout *layout) {
    *file = (struct updraft_nor_file){nor, begin};
    return (struct updraft_staging){.context = file,
                                    .source = UPDRAFT_SOURCE_NOR,
                                    .size = layout->running.size,
                                    .unit = UPDRAFT_SPI_NOR_PAGE,
                                    .block = file_block,
                                    .erase = file_erase,
                                    .write = file_write,
                                    .read = file_read};
}

bool updraft_staging_nor(struct updraft_nor_staging *nor, const struct updraft_spi_bus *spi, uint32_t clock_hz,
                         const struct updraft_layout *layout, struct updraft_staging *staging) {
    uint32_t fallback = updraft_layout_nor_offset(layout, true);
    nor->flash = (struct updraft_spi_nor){.clock_hz = clock_hz};
    if (updraft_spi_nor_init(&nor->flash, spi) != UPDRAFT_SPI_NOR_OK ||
        nor->flash.size < fallback + layout->running.size) {
        return false;
    }
    nor->of_fallback = open(nor, &nor->fallback, fallback, layout);
    *staging = open(nor, &nor->update, updraft_layout_nor_offset(layout, false), layout);
    staging->fallback = &nor->of_fallback;
    return true;
}
