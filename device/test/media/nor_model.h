// A W25Q-like SPI NOR flash, byte by byte, written from the data sheet and not from the driver. One at a time.
#ifndef UPDRAFT_TEST_NOR_MODEL_H
#define UPDRAFT_TEST_NOR_MODEL_H

#include "media/spi.h"

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

extern struct nor_model nor_model;

// A blank flash of `size` bytes that says log2 of its size in its JEDEC id, and the bus that leads to it.
void nor_model_solder(uint32_t size, uint8_t log2, struct updraft_spi_bus *bus);

#endif
