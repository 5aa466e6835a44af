// The SPI NOR driver against a model of a flash written from the W25Q data sheet.
#include <string.h>

#include "expect.h"
#include "media/spi_nor.h"
#include "nor_model.h"

static struct updraft_spi_bus bus;
static struct updraft_spi_nor nor;

static void solder(uint32_t size, uint8_t log2) {
    nor_model_solder(size, log2, &bus);
    nor = (struct updraft_spi_nor){.clock_hz = 10000000};
}

static void the_size_comes_from_the_jedec_id(void) {
    solder(1 << 20, 0x14);
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_init(&nor, &bus));
    EXPECT_EQUAL(1 << 20, nor.size);
    nor_model.id[2] = 0x20; // 512 Mbit
    nor.size = 0;
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_init(&nor, &bus));
    EXPECT_EQUAL(64 << 20, nor.size);
    nor_model.id[2] = 0x05;
    nor.size = 0;
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_ABSENT, updraft_spi_nor_init(&nor, &bus));
}

static void an_absent_flash_is_told(void) {
    solder(1 << 20, 0x14);
    nor_model.present = false;
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_ABSENT, updraft_spi_nor_init(&nor, &bus));
}

static void an_erase_that_a_reset_left_under_way_is_waited_for(void) {
    solder(1 << 20, 0x14);
    nor_model.asleep = false;
    nor_model.busy = 100000;
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_init(&nor, &bus));
}

static void what_is_programmed_is_read_back_at_any_offset_and_length(void) {
    static const uint32_t sizes[] = {1 << 20, 32 << 20}; // three and four address bytes
    for (unsigned s = 0; s < 2; s++) {
        solder(sizes[s], s == 0 ? 0x14 : 0x19);
        EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_init(&nor, &bus));
        uint32_t base = sizes[s] - 65536;
        uint8_t data[1500], got[1500];
        for (unsigned i = 0; i < sizeof data; i++)
            data[i] = (uint8_t)(i * 13 + i / 256);
        uint32_t at = base + 77;
        for (unsigned length = 1; length < sizeof data; length = length * 3 + 1) {
            EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_program(&nor, at, data, length));
            EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_read(&nor, at, got, length));
            EXPECT(memcmp(data, got, length) == 0);
            EXPECT(memcmp(data, nor_model.content + at, length) == 0);
            EXPECT_EQUAL(0xFF, nor_model.content[at + length]);
            at += length;
        }
    }
}

static void an_erase_takes_blocks_where_they_fit_and_sectors_elsewhere(void) {
    solder(1 << 20, 0x14);
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_init(&nor, &bus));
    memset(nor_model.content, 0, nor_model.size);
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_erase(&nor, 61440, 4096 + 131072 + 8192));
    EXPECT_EQUAL(3, nor_model.sectors);
    EXPECT_EQUAL(2, nor_model.blocks);
    for (uint32_t i = 0; i < nor_model.size; i++) {
        bool inside = i >= 61440 && i < 61440 + 4096 + 131072 + 8192;
        if (nor_model.content[i] != (inside ? 0xFF : 0))
            EXPECT_EQUAL(-1, i);
    }
}

static void nothing_outside_is_touched(void) {
    uint8_t data[16] = {0};
    solder(1 << 20, 0x14);
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_init(&nor, &bus));
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_RANGE, updraft_spi_nor_read(&nor, (1 << 20) - 15, data, 16));
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_RANGE, updraft_spi_nor_program(&nor, UINT32_MAX, data, 2));
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_RANGE, updraft_spi_nor_erase(&nor, 0, 2 << 20));
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_RANGE, updraft_spi_nor_erase(&nor, 100, 4096));
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_RANGE, updraft_spi_nor_erase(&nor, 0, 100));
    EXPECT_EQUAL(0, nor_model.programs + nor_model.sectors + nor_model.blocks);
}

static void a_flash_that_stays_busy_ends_in_a_timeout(void) {
    uint8_t data[4] = {0};
    solder(1 << 20, 0x14);
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_OK, updraft_spi_nor_init(&nor, &bus));
    nor_model.next_busy = UINT32_MAX;
    EXPECT_EQUAL(UPDRAFT_SPI_NOR_TIMEOUT, updraft_spi_nor_program(&nor, 0, data, 4));
}

int main(void) {
    RUN(the_size_comes_from_the_jedec_id);
    RUN(an_absent_flash_is_told);
    RUN(an_erase_that_a_reset_left_under_way_is_waited_for);
    RUN(what_is_programmed_is_read_back_at_any_offset_and_length);
    RUN(an_erase_takes_blocks_where_they_fit_and_sectors_elsewhere);
    RUN(nothing_outside_is_touched);
    RUN(a_flash_that_stays_busy_ends_in_a_timeout);
    free(nor_model.content);
    return expect_end("spi nor");
}
