// SPI NOR flash with the common command set (Winbond W25Q, Macronix MX25L, GigaDevice GD25Q, Micron N25Q and their
// like): 256-byte pages, 4 KB sectors, 64 KB blocks. Commands: JEDEC JESD216 and the W25Q128JV data sheet, section 8.
// Above 16 MB the commands with four address bytes are used. Bits go from 1 to 0 by programming and back by erasing;
// there is no ECC that the reader sees.
#ifndef UPDRAFT_MEDIA_SPI_NOR_H
#define UPDRAFT_MEDIA_SPI_NOR_H

#include "spi.h"

enum { UPDRAFT_SPI_NOR_PAGE = 256, UPDRAFT_SPI_NOR_SECTOR = 4096, UPDRAFT_SPI_NOR_BLOCK = 65536 }; // bytes

enum updraft_spi_nor_status {
    UPDRAFT_SPI_NOR_OK,
    UPDRAFT_SPI_NOR_ABSENT,  // no flash answers, or one whose size cannot be told
    UPDRAFT_SPI_NOR_TIMEOUT, // still busy after the longest time that data sheets give
    UPDRAFT_SPI_NOR_RANGE,   // behind the end of the flash, or an erase that does not start and end with a sector
};

struct updraft_spi_nor {
    const struct updraft_spi_bus *spi;
    uint32_t clock_hz; // set before updraft_spi_nor_init: the fastest that part and board allow (50 MHz suits every
                       // part with command 03h)
    uint32_t size;     // bytes; updraft_spi_nor_init takes it from the JEDEC id where it is 0
    uint32_t bytes_per_ms;
};

// Wakes the flash, waits for an operation that a reset of the host left under way, and identifies it.
enum updraft_spi_nor_status updraft_spi_nor_init(struct updraft_spi_nor *nor, const struct updraft_spi_bus *spi);

// Any offset, any length.
enum updraft_spi_nor_status updraft_spi_nor_read(struct updraft_spi_nor *nor, uint32_t offset, uint8_t *data,
                                                 uint32_t length);
enum updraft_spi_nor_status updraft_spi_nor_program(struct updraft_spi_nor *nor, uint32_t offset, const uint8_t *data,
                                                    uint32_t length);

// Whole sectors; by blocks where they fit. Up to 2 s a block.
enum updraft_spi_nor_status updraft_spi_nor_erase(struct updraft_spi_nor *nor, uint32_t offset, uint32_t length);

#endif
