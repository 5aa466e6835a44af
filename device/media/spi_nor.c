#include "spi_nor.h"

enum {
    // Commands; those with an address are followed by their form with four address bytes.
    READ_STATUS = 0x05,
    WRITE_ENABLE = 0x06,
    READ_ID = 0x9F,
    WAKE = 0xAB,
    READ = 0x03,
    READ_4 = 0x13,
    PROGRAM = 0x02,
    PROGRAM_4 = 0x12,
    ERASE_SECTOR = 0x20,
    ERASE_SECTOR_4 = 0x21,
    ERASE_BLOCK = 0xD8,
    ERASE_BLOCK_4 = 0xDC,

    BUSY = 1,       // in the status
    NOBODY_MS = 10, // a flash is ready that long after power-up (W25Q128JV, 9.3)

    // The longest times of W25Q, MX25L and N25Q data sheets, with room. An erase before updraft_spi_nor_init may be of
    // a block.
    PROGRAM_MS = 10,
    ERASE_SECTOR_MS = 1000,
    ERASE_BLOCK_MS = 4000,
};

static void transfer(struct updraft_spi_nor *nor, const uint8_t *out, uint8_t *in, uint32_t length) {
    nor->spi->transfer(nor->spi->context, out, in, length);
}

static void select(struct updraft_spi_nor *nor, bool selected) {
    nor->spi->select(nor->spi->context, selected);
}

// Sends a command of its own, and takes `length` bytes of answer.
static void ask(struct updraft_spi_nor *nor, uint8_t command, uint8_t *answer, uint32_t length) {
    select(nor, true);
    transfer(nor, &command, NULL, 1);
    transfer(nor, NULL, answer, length);
    select(nor, false);
}

static enum updraft_spi_nor_status wait(struct updraft_spi_nor *nor, uint32_t ms) {
    // A look takes two bytes.
    uint32_t nobody = 0;
    for (uint32_t looks = ms * nor->bytes_per_ms / 2; looks > 0 && nobody < NOBODY_MS * nor->bytes_per_ms / 2;
         looks--) {
        uint8_t status;
        ask(nor, READ_STATUS, &status, 1);
        if (!(status & BUSY))
            return UPDRAFT_SPI_NOR_OK;
        nobody = status == 0xFF ? nobody + 1 : 0; // what an empty bus reads as
    }
    return UPDRAFT_SPI_NOR_TIMEOUT;
}

// Starts a command with an address; the flash stays selected.
static void address(struct updraft_spi_nor *nor, uint8_t command, uint8_t command_4, uint32_t offset) {
    uint8_t frame[5] = {command, (uint8_t)(offset >> 24), (uint8_t)(offset >> 16), (uint8_t)(offset >> 8),
                        (uint8_t)offset};
    bool four = nor->size > 1u << 24;
    if (four) {
        frame[0] = command_4;
    } else {
        frame[1] = command;
    }
    select(nor, true);
    transfer(nor, frame + !four, NULL, sizeof frame - !four);
}

static bool outside(const struct updraft_spi_nor *nor, uint32_t offset, uint32_t length) {
    return offset > nor->size || length > nor->size - offset;
}

enum updraft_spi_nor_status updraft_spi_nor_init(struct updraft_spi_nor *nor, const struct updraft_spi_bus *spi) {
    nor->spi = spi;
    nor->bytes_per_ms = spi->clock(spi->context, nor->clock_hz) / 8000 + 1;
    uint8_t id[3];
    ask(nor, WAKE, NULL, 0);
    transfer(nor, NULL, NULL, nor->bytes_per_ms); // waking takes up to 50 us
    if (wait(nor, ERASE_BLOCK_MS) != UPDRAFT_SPI_NOR_OK)
        return UPDRAFT_SPI_NOR_ABSENT; // 0xFF on an empty bus looks busy
    ask(nor, READ_ID, id, sizeof id);
    if (id[0] == 0x00 || id[0] == 0xFF)
        return UPDRAFT_SPI_NOR_ABSENT;
    if (nor->size != 0)
        return UPDRAFT_SPI_NOR_OK;
    // The last byte is log2 of the size, but 0x20 and up go on from 64 MB.
    unsigned log2 = id[2] >= 0x20 ? id[2] - 6u : id[2];
    if (log2 < 16 || log2 > 28)
        return UPDRAFT_SPI_NOR_ABSENT;
    nor->size = 1u << log2;
    return UPDRAFT_SPI_NOR_OK;
}

enum updraft_spi_nor_status updraft_spi_nor_read(struct updraft_spi_nor *nor, uint32_t offset, uint8_t *data,
                                                 uint32_t length) {
    if (outside(nor, offset, length))
        return UPDRAFT_SPI_NOR_RANGE;
    address(nor, READ, READ_4, offset);
    transfer(nor, NULL, data, length);
    select(nor, false);
    return UPDRAFT_SPI_NOR_OK;
}

enum updraft_spi_nor_status updraft_spi_nor_program(struct updraft_spi_nor *nor, uint32_t offset, const uint8_t *data,
                                                    uint32_t length) {
    if (outside(nor, offset, length))
        return UPDRAFT_SPI_NOR_RANGE;
    while (length > 0) {
        uint32_t part = UPDRAFT_SPI_NOR_PAGE - offset % UPDRAFT_SPI_NOR_PAGE;
        if (part > length)
            part = length;
        ask(nor, WRITE_ENABLE, NULL, 0);
        address(nor, PROGRAM, PROGRAM_4, offset);
        transfer(nor, data, NULL, part);
        select(nor, false);
        enum updraft_spi_nor_status status = wait(nor, PROGRAM_MS);
        if (status != UPDRAFT_SPI_NOR_OK)
            return status;
        offset += part;
        data += part;
        length -= part;
    }
    return UPDRAFT_SPI_NOR_OK;
}

enum updraft_spi_nor_status updraft_spi_nor_erase(struct updraft_spi_nor *nor, uint32_t offset, uint32_t length) {
    if (outside(nor, offset, length) || (offset | length) % UPDRAFT_SPI_NOR_SECTOR != 0)
        return UPDRAFT_SPI_NOR_RANGE;
    while (length > 0) {
        bool block = offset % UPDRAFT_SPI_NOR_BLOCK == 0 && length >= UPDRAFT_SPI_NOR_BLOCK;
        ask(nor, WRITE_ENABLE, NULL, 0);
        address(nor, block ? ERASE_BLOCK : ERASE_SECTOR, block ? ERASE_BLOCK_4 : ERASE_SECTOR_4, offset);
        select(nor, false);
        enum updraft_spi_nor_status status = wait(nor, block ? ERASE_BLOCK_MS : ERASE_SECTOR_MS);
        if (status != UPDRAFT_SPI_NOR_OK)
            return status;
        uint32_t done = block ? UPDRAFT_SPI_NOR_BLOCK : UPDRAFT_SPI_NOR_SECTOR;
        offset += done;
        length -= done;
    }
    return UPDRAFT_SPI_NOR_OK;
}
