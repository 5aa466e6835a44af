// The SPI NOR driver against a model of a flash written from the W25Q data sheet.
#include <string.h>

#include "expect.h"
#include "media/spi_nor.h"

struct nor_model {
    uint8_t *content, id[3];
    uint32_t size;
    bool present, asleep, enabled, selected, four;
    uint32_t busy; // looks at the status until it is idle
    uint8_t bytes[300];
    unsigned count;
    uint32_t read_at, programs, sectors, blocks;
    uint32_t next_busy;
};
static struct nor_model model;
static struct spi_bus bus;
static struct spi_nor nor;

static uint32_t address_of(unsigned from, unsigned length) {
    uint32_t address = 0;
    for (unsigned i = 0; i < length; i++)
        address = address << 8 | model.bytes[from + i];
    return address;
}

static uint8_t exchange(uint8_t out) {
    if (!model.present || !model.selected)
        return 0xFF;
    unsigned at = model.count;
    if (model.count < sizeof model.bytes)
        model.bytes[model.count] = out;
    model.count++;
    uint8_t command = model.bytes[0];
    if (at == 0 || model.asleep)
        return 0xFF;
    if (command == 0x05) {
        uint8_t status = (uint8_t)((model.busy > 0) | model.enabled << 1);
        if (model.busy > 0)
            model.busy--;
        return status;
    }
    if (model.busy > 0)
        return 0xFF;
    if (command == 0x9F)
        return at <= 3 ? model.id[at - 1] : 0;
    unsigned address_bytes = command == 0x13 ? 4 : 3;
    if ((command == 0x03 || command == 0x13) && at > address_bytes) {
        uint32_t address = address_of(1, address_bytes) + at - 1 - address_bytes;
        return model.content[address % model.size];
    }
    return 0xFF;
}

static void finish(void) { // what happens when the chip select rises
    uint8_t command = model.bytes[0];
    if (!model.present || model.count == 0)
        return;
    if (command == 0xAB)
        model.asleep = false;
    if (model.asleep || (model.busy > 0 && command != 0x05))
        return;
    if (command == 0x06)
        model.enabled = model.count == 1;
    unsigned address_bytes = command == 0x12 || command == 0x21 || command == 0xDC ? 4 : 3;
    uint32_t address = address_of(1, address_bytes) % model.size;
    if (!model.enabled || model.count < 1 + address_bytes)
        return;
    if (command == 0x02 || command == 0x12) {
        unsigned data = model.count - 1 - address_bytes;
        EXPECT(data <= 256);
        for (unsigned i = 0; i < data; i++) { // wraps within the page
            model.content[(address & ~255u) | ((address + i) & 255)] &= model.bytes[1 + address_bytes + i];
        }
        model.programs++;
    } else if (command == 0x20 || command == 0x21) {
        memset(model.content + (address & ~4095u), 0xFF, 4096);
        model.sectors++;
    } else if (command == 0xD8 || command == 0xDC) {
        memset(model.content + (address & ~65535u), 0xFF, 65536);
        model.blocks++;
    } else {
        return;
    }
    model.enabled = false;
    model.busy = model.next_busy;
}

static void transfer(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    (void)context;
    for (size_t i = 0; i < length; i++) {
        uint8_t got = exchange(out != NULL ? out[i] : 0xFF);
        if (in != NULL)
            in[i] = got;
    }
}

static void select(void *context, bool selected) {
    (void)context;
    if (!selected && model.selected)
        finish();
    if (selected && !model.selected)
        model.count = 0;
    model.selected = selected;
}

static uint32_t clock(void *context, uint32_t limit_hz) {
    (void)context;
    return limit_hz;
}

static void solder(uint32_t size, uint8_t log2) {
    free(model.content);
    model = (struct nor_model){.content = malloc(size),
                               .size = size,
                               .id = {0xEF, 0x40, log2},
                               .present = true,
                               .asleep = true,
                               .next_busy = 5};
    memset(model.content, 0xFF, size);
    bus = (struct spi_bus){NULL, transfer, select, clock};
    nor = (struct spi_nor){.clock_hz = 10000000};
}

static void the_size_comes_from_the_jedec_id(void) {
    solder(1 << 20, 0x14);
    EXPECT_EQUAL(SPI_NOR_OK, spi_nor_init(&nor, &bus));
    EXPECT_EQUAL(1 << 20, nor.size);
    model.id[2] = 0x20; // 512 Mbit
    nor.size = 0;
    EXPECT_EQUAL(SPI_NOR_OK, spi_nor_init(&nor, &bus));
    EXPECT_EQUAL(64 << 20, nor.size);
    model.id[2] = 0x05;
    nor.size = 0;
    EXPECT_EQUAL(SPI_NOR_ABSENT, spi_nor_init(&nor, &bus));
}

static void an_absent_flash_is_told(void) {
    solder(1 << 20, 0x14);
    model.present = false;
    EXPECT_EQUAL(SPI_NOR_ABSENT, spi_nor_init(&nor, &bus));
}

static void an_erase_that_a_reset_left_under_way_is_waited_for(void) {
    solder(1 << 20, 0x14);
    model.asleep = false;
    model.busy = 100000;
    EXPECT_EQUAL(SPI_NOR_OK, spi_nor_init(&nor, &bus));
}

static void what_is_programmed_is_read_back_at_any_offset_and_length(void) {
    static const uint32_t sizes[] = {1 << 20, 32 << 20}; // three and four address bytes
    for (unsigned s = 0; s < 2; s++) {
        solder(sizes[s], s == 0 ? 0x14 : 0x19);
        EXPECT_EQUAL(SPI_NOR_OK, spi_nor_init(&nor, &bus));
        uint32_t base = sizes[s] - 65536;
        uint8_t data[1500], got[1500];
        for (unsigned i = 0; i < sizeof data; i++)
            data[i] = (uint8_t)(i * 13 + i / 256);
        uint32_t at = base + 77;
        for (unsigned length = 1; length < sizeof data; length = length * 3 + 1) {
            EXPECT_EQUAL(SPI_NOR_OK, spi_nor_program(&nor, at, data, length));
            EXPECT_EQUAL(SPI_NOR_OK, spi_nor_read(&nor, at, got, length));
            EXPECT(memcmp(data, got, length) == 0);
            EXPECT(memcmp(data, model.content + at, length) == 0);
            EXPECT_EQUAL(0xFF, model.content[at + length]);
            at += length;
        }
    }
}

static void an_erase_takes_blocks_where_they_fit_and_sectors_elsewhere(void) {
    solder(1 << 20, 0x14);
    EXPECT_EQUAL(SPI_NOR_OK, spi_nor_init(&nor, &bus));
    memset(model.content, 0, model.size);
    EXPECT_EQUAL(SPI_NOR_OK, spi_nor_erase(&nor, 61440, 4096 + 131072 + 8192));
    EXPECT_EQUAL(3, model.sectors);
    EXPECT_EQUAL(2, model.blocks);
    for (uint32_t i = 0; i < model.size; i++) {
        bool inside = i >= 61440 && i < 61440 + 4096 + 131072 + 8192;
        if (model.content[i] != (inside ? 0xFF : 0))
            EXPECT_EQUAL(-1, i);
    }
}

static void nothing_outside_is_touched(void) {
    uint8_t data[16] = {0};
    solder(1 << 20, 0x14);
    EXPECT_EQUAL(SPI_NOR_OK, spi_nor_init(&nor, &bus));
    EXPECT_EQUAL(SPI_NOR_RANGE, spi_nor_read(&nor, (1 << 20) - 15, data, 16));
    EXPECT_EQUAL(SPI_NOR_RANGE, spi_nor_program(&nor, UINT32_MAX, data, 2));
    EXPECT_EQUAL(SPI_NOR_RANGE, spi_nor_erase(&nor, 0, 2 << 20));
    EXPECT_EQUAL(SPI_NOR_RANGE, spi_nor_erase(&nor, 100, 4096));
    EXPECT_EQUAL(SPI_NOR_RANGE, spi_nor_erase(&nor, 0, 100));
    EXPECT_EQUAL(0, model.programs + model.sectors + model.blocks);
}

static void a_flash_that_stays_busy_ends_in_a_timeout(void) {
    uint8_t data[4] = {0};
    solder(1 << 20, 0x14);
    EXPECT_EQUAL(SPI_NOR_OK, spi_nor_init(&nor, &bus));
    model.next_busy = UINT32_MAX;
    EXPECT_EQUAL(SPI_NOR_TIMEOUT, spi_nor_program(&nor, 0, data, 4));
}

int main(void) {
    RUN(the_size_comes_from_the_jedec_id);
    RUN(an_absent_flash_is_told);
    RUN(an_erase_that_a_reset_left_under_way_is_waited_for);
    RUN(what_is_programmed_is_read_back_at_any_offset_and_length);
    RUN(an_erase_takes_blocks_where_they_fit_and_sectors_elsewhere);
    RUN(nothing_outside_is_touched);
    RUN(a_flash_that_stays_busy_ends_in_a_timeout);
    free(model.content);
    return expect_end("spi nor");
}
