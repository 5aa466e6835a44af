// The SPI bus as the media drivers see it. One struct a chip on the bus: the chip select belongs to it.
#ifndef UPDRAFT_MEDIA_SPI_H
#define UPDRAFT_MEDIA_SPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// SPI mode 0, 8 bits, most significant bit first. The drivers bound every wait by the number of bytes clocked, worked
// out from what `clock` answers: they need no timer and end even on a bus where nothing answers.
struct updraft_spi_bus {
    void *context;
    // Clocks `length` bytes, full duplex: sends `out` (0xFF where it is NULL) and puts what came into `in` (dropped
    // where NULL).
    void (*transfer)(void *context, const uint8_t *out, uint8_t *in, size_t length);
    void (*select)(void *context, bool selected); // chip select; selected = low
    // Sets the clock to at most `limit_hz` and returns what it is now, in Hz, above zero.
    uint32_t (*clock)(void *context, uint32_t limit_hz);
};

#endif
