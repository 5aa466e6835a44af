// A card that answers anything: what comes from the bus is the input, again and again. Every call has to end.
#include <stdlib.h>
#include <string.h>

#include "media/sd_spi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *input;
static size_t input_size, at;
static unsigned long bytes;

static void transfer(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    (void)context;
    (void)out;
    bytes += length;
    for (size_t i = 0; i < length && in != NULL; i++) {
        in[i] = at < input_size ? input[at++] : input[input_size - 1];
    }
}
static void select(void *context, bool selected) {
    (void)context;
    (void)selected;
}
static uint32_t clock(void *context, uint32_t limit_hz) {
    (void)context;
    (void)limit_hz;
    return 8000; // a byte a millisecond keeps the longest waits short
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    input = data;
    input_size = size;
    at = bytes = 0;
    const struct updraft_spi_bus bus = {NULL, transfer, select, clock};
    struct updraft_sd_card card;
    uint8_t *block = calloc(1, UPDRAFT_SD_CARD_BLOCK);
    if (updraft_sd_card_init(&card, &bus) == UPDRAFT_SD_CARD_OK) {
        updraft_sd_card_read(&card, 3, block);
        updraft_sd_card_write(&card, 4, block);
        updraft_sd_card_read(&card, 0xFFFFFF, block);
    }
    if (bytes > 3000000)
        abort();
    free(block);
    return 0;
}
