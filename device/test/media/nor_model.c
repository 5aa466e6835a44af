#include "nor_model.h"

#include <stdlib.h>
#include <string.h>

#include "expect.h"

struct nor_model nor_model;

static uint32_t address_of(unsigned from, unsigned length) {
    uint32_t address = 0;
    for (unsigned i = 0; i < length; i++)
        address = address << 8 | nor_model.bytes[from + i];
    return address;
}

static uint8_t exchange(uint8_t out) {
    if (!nor_model.present || !nor_model.selected)
        return 0xFF;
    unsigned at = nor_model.count;
    if (nor_model.count < sizeof nor_model.bytes)
        nor_model.bytes[nor_model.count] = out;
    nor_model.count++;
    uint8_t command = nor_model.bytes[0];
    if (at == 0 || nor_model.asleep)
        return 0xFF;
    if (command == 0x05) {
        uint8_t status = (uint8_t)((nor_model.busy > 0) | nor_model.enabled << 1);
        if (nor_model.busy > 0)
            nor_model.busy--;
        return status;
    }
    if (nor_model.busy > 0)
        return 0xFF;
    if (command == 0x9F)
        return at <= 3 ? nor_model.id[at - 1] : 0;
    unsigned address_bytes = command == 0x13 ? 4 : 3;
    if ((command == 0x03 || command == 0x13) && at > address_bytes) {
        uint32_t address = address_of(1, address_bytes) + at - 1 - address_bytes;
        return nor_model.content[address % nor_model.size];
    }
    return 0xFF;
}

static void finish(void) { // what happens when the chip select rises
    uint8_t command = nor_model.bytes[0];
    if (!nor_model.present || nor_model.count == 0)
        return;
    if (command == 0xAB)
        nor_model.asleep = false;
    if (nor_model.asleep || (nor_model.busy > 0 && command != 0x05))
        return;
    if (command == 0x06)
        nor_model.enabled = nor_model.count == 1;
    unsigned address_bytes = command == 0x12 || command == 0x21 || command == 0xDC ? 4 : 3;
    uint32_t address = address_of(1, address_bytes) % nor_model.size;
    if (!nor_model.enabled || nor_model.count < 1 + address_bytes)
        return;
    if (command == 0x02 || command == 0x12) {
        unsigned data = nor_model.count - 1 - address_bytes;
        EXPECT(data <= 256);
        for (unsigned i = 0; i < data; i++) { // wraps within the page
            nor_model.content[(address & ~255u) | ((address + i) & 255)] &= nor_model.bytes[1 + address_bytes + i];
        }
        nor_model.programs++;
    } else if (command == 0x20 || command == 0x21) {
        memset(nor_model.content + (address & ~4095u), 0xFF, 4096);
        nor_model.sectors++;
    } else if (command == 0xD8 || command == 0xDC) {
        memset(nor_model.content + (address & ~65535u), 0xFF, 65536);
        nor_model.blocks++;
    } else {
        return;
    }
    nor_model.enabled = false;
    nor_model.busy = nor_model.next_busy;
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
    if (!selected && nor_model.selected)
        finish();
    if (selected && !nor_model.selected)
        nor_model.count = 0;
    nor_model.selected = selected;
}

static uint32_t clock(void *context, uint32_t limit_hz) {
    (void)context;
    return limit_hz;
}

void nor_model_solder(uint32_t size, uint8_t log2, struct updraft_spi_bus *bus) {
    free(nor_model.content);
    nor_model = (struct nor_model){.content = malloc(size),
                                   .size = size,
                                   .id = {0xEF, 0x40, log2},
                                   .present = true,
                                   .asleep = true,
                                   .next_busy = 5};
    memset(nor_model.content, 0xFF, size);
    *bus = (struct updraft_spi_bus){NULL, transfer, select, clock};
}
