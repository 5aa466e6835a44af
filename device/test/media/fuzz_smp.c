// Bytes on the UART. The first byte chooses: the rest goes over the wire as it is, or as the content of frames that are
// right, so that what is behind framing and CRC is reached too. Upload callbacks hold the server to its contract.
#include <stdlib.h>
#include <string.h>

#include "recovery/smp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE = 512 };
static uint8_t *buffer;
static uint32_t written, announced;

static void put(void *context, uint8_t byte) {
    (void)context;
    (void)byte;
}
static enum smp_rc begin(void *context, uint32_t size) {
    (void)context;
    if (size == 0)
        abort();
    written = 0;
    announced = size;
    return size > 100000 ? SMP_NO_ROOM : SMP_OK;
}
static enum smp_rc write_piece(void *context, uint32_t offset, uint32_t length) {
    (void)context;
    uint32_t sum = 0;
    if (offset != written || length == 0 || length > announced - written)
        abort();
    if (length % SMP_WRITE_UNIT != 0 && offset + length != announced)
        abort();
    for (uint32_t i = 0; i < length; i++)
        sum += buffer[i];
    written += length;
    return sum % 64 == 1 ? SMP_UNKNOWN : SMP_OK;
}
static enum smp_rc end(void *context) {
    (void)context;
    if (written != announced)
        abort();
    return SMP_OK;
}
static bool image(void *context, uint8_t slot, struct smp_image *got) {
    (void)context;
    *got = (struct smp_image){.version = {1, 2, 3, 4, 5, 6, 7, 8}};
    return slot == 1;
}
static void reset(void *context) {
    (void)context;
}

static const struct smp_config config = {SIZE, 2, put, begin, write_piece, end, image, reset};
static struct smp_server server;

static void wire(void *context, uint8_t byte) {
    (void)context;
    smp_take(&server, &config, byte);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    buffer = malloc(SIZE); // its own allocation, so that the sanitizer sees its edges
    server = (struct smp_server){.buffer = buffer};
    bool raw = *data++ & 1;
    size--;
    if (raw) {
        for (size_t i = 0; i < size; i++)
            smp_take(&server, &config, data[i]);
    }
    while (!raw && size > 2) { // packets, each behind its length in two bytes
        size_t length = (size_t)(data[0] << 8 | data[1]) % 520;
        data += 2;
        size -= 2;
        if (length > size)
            length = size;
        uint8_t packet[600];
        memcpy(packet + SMP_FRAME_HEAD, data, length);
        smp_frame_send(packet, (unsigned)length, wire, NULL);
        data += length;
        size -= length;
    }
    free(buffer);
    return 0;
}
