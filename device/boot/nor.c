#include "nor.h"

#if UPDRAFT_NOR

enum { CLOCK_HZ = 50000000 }; // which every part with command 03h bears

static enum updraft_status read_file(void *context, uint32_t offset, void *data, uint32_t length) {
    struct boot_nor *nor = context;
    return updraft_spi_nor_read(&nor->flash, nor->begin + offset, data, length) == UPDRAFT_SPI_NOR_OK
               ? UPDRAFT_OK
               : UPDRAFT_ERROR_READ;
}

enum updraft_status boot_nor_open(struct boot *boot, enum boot_file file, struct updraft_reader *reader) {
    struct boot_nor *nor = &boot->medium.nor;
    uint32_t room = boot->layout->running.size;
    nor->flash = (struct updraft_spi_nor){.clock_hz = CLOCK_HZ};
    nor->begin = updraft_layout_nor_offset(boot->layout, file == BOOT_FALLBACK);
    if (boot->platform->nor == NULL || updraft_spi_nor_init(&nor->flash, boot->platform->nor) != UPDRAFT_SPI_NOR_OK ||
        nor->flash.size < nor->begin + room)
        return UPDRAFT_ERROR_ABSENT;
    boot->platform->feed();
    *reader = (struct updraft_reader){nor, read_file, room};
    return UPDRAFT_OK;
}

#endif
