// Bytes on the UART. The first byte chooses: the rest goes over the wire as it is, or as the content of frames that are
// right, so that what is behind framing and CRC is reached too. Upload callbacks hold the server to its contract.
#include <stdlib.h>
#include <string.h>

#include "smp/updraft_smp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIZE = 512 };
static uint8_t *buffer;
static uint32_t written, announced;

static void put(void *context, uint8_t byte) {
    (void)context;
    (void)byte;
}
static enum updraft_smp_rc begin(void *context, uint32_t size, const uint8_t *data, uint32_t length, uint32_t *offset) {
    (void)context, (void)offset;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < length; i++)
        sum += data[i];
    if (sum == UINT32_MAX)
        abort();
    if (size == 0)
        abort();
    written = 0;
    announced = size;
    return size > 100000 ? UPDRAFT_SMP_NO_ROOM : UPDRAFT_SMP_OK;
}
static enum updraft_smp_rc write_piece(void *context, uint32_t offset, uint32_t length) {
    (void)context;
    uint32_t sum = 0;
    if (offset != written || length == 0 || length > announced - written)
        abort();
    if (length % UPDRAFT_SMP_WRITE_UNIT != 0 && offset + length != announced)
        abort();
    for (uint32_t i = 0; i < length; i++)
        sum += buffer[i];
    written += length;
    return sum % 64 == 1 ? UPDRAFT_SMP_UNKNOWN : UPDRAFT_SMP_OK;
}
static enum updraft_smp_rc end(void *context) {
    (void)context;
    if (written != announced)
        abort();
    return UPDRAFT_SMP_OK;
}
static bool image(void *context, uint8_t slot, struct updraft_smp_image *got) {
    (void)context;
    *got = (struct updraft_smp_image){.version = {1, 2, 3, 4, 5, 6, 7, 8}};
    return slot == 1;
}
static void reset(void *context) {
    (void)context;
}

static void write_packet(void *context, const uint8_t *packet, uint32_t length) {
    (void)context;
    if (length < 8 || length > SIZE - 4 || length != 8u + (uint32_t)(packet[2] << 8 | packet[3]))
        abort();
}

static const struct updraft_smp_config config = {.buffer_size = SIZE,
                                                 .unit = UPDRAFT_SMP_WRITE_UNIT,
                                                 .buffers = 1,
                                                 .slots = 2,
                                                 .put = put,
                                                 .write = write_packet,
                                                 .upload_begin = begin,
                                                 .upload_write = write_piece,
                                                 .upload_end = end,
                                                 .image = image,
                                                 .reset = reset};
static struct updraft_smp_server server;

static void wire(void *context, uint8_t byte) {
    (void)context;
    updraft_smp_take_console(&server, &config, byte);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    buffer = malloc(SIZE); // its own allocation, so that the sanitizer sees its edges
    server = (struct updraft_smp_server){.buffer = buffer};
    unsigned way = *data++ % 4;
    size--;
    if (way == 3) { // packets back to back, as Bluetooth and raw UARTs have them
        updraft_smp_take_raw(&server, &config, data, (uint32_t)size);
        size = 0;
    }
    bool raw = way == 1;
    if (raw) {
        for (size_t i = 0; i < size; i++)
            updraft_smp_take_console(&server, &config, data[i]);
    }
    while (!raw && size > 2) { // packets, each behind its length in two bytes
        size_t length = (size_t)(data[0] << 8 | data[1]) % 520;
        data += 2;
        size -= 2;
        if (length > size)
            length = size;
        uint8_t packet[600];
        memcpy(packet + UPDRAFT_SMP_FRAME_HEAD, data, length);
        updraft_smp_frame_send(packet, (unsigned)length, wire, NULL);
        data += length;
        size -= length;
    }
    free(buffer);
    return 0;
}
