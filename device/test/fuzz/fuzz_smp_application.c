// What a stranger sends to an application: packets as the input has them, and packets whose header is put right so that
// more of them get through. Whatever comes, the boot state opens again and asks for nothing that is not staged.
#include <stdlib.h>
#include <string.h>

#include "smp/updraft_smp_application.h"
#include "updraft_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { UNIT = 4096, SLOT = 4 * UNIT, BASE = 0x1000 };
static uint8_t memory[14 * UNIT];
static const struct updraft_flash_region region = {BASE, UNIT, sizeof memory / UNIT};

static enum updraft_status read_flash(void *context, uint32_t address, void *data, uint32_t length) {
    (void)context;
    memcpy(data, memory + address - BASE, length);
    return UPDRAFT_OK;
}

static enum updraft_status erase_flash(void *context, uint32_t address) {
    (void)context;
    memset(memory + address - BASE, 0xff, UNIT);
    return UPDRAFT_OK;
}

static enum updraft_status program_flash(void *context, uint32_t address, const void *data, uint32_t length) {
    (void)context;
    memcpy(memory + address - BASE, data, length);
    return UPDRAFT_OK;
}

static const struct updraft_flash flash = {&region, 1, 8, NULL, read_flash, erase_flash, program_flash};
static const struct updraft_layout layout = {.board = "stm32f407",
                                             .log = {{&flash, BASE, 2 * UNIT}, {&flash, BASE + 2 * UNIT, 2 * UNIT}},
                                             .running = {&flash, BASE + 4 * UNIT, SLOT},
                                             .staging = {&flash, BASE + 4 * UNIT + SLOT, SLOT + UNIT},
                                             .swap_unit = UNIT,
                                             .header_size = 32};

uint32_t updraft_backup_read(uint32_t index) {
    return index;
}

void updraft_backup_write(uint32_t index, uint32_t value) {
    (void)index, (void)value;
}

static uint8_t *buffer;

static void write_out(void *context, const uint8_t *data, uint32_t length) {
    (void)context;
    if (length < 8 || length > UPDRAFT_SMP_BUFFER_MIN || length != 8u + (uint32_t)(data[2] << 8 | data[3]))
        abort();
}

static enum updraft_self_test self_test(void *context, bool heard) {
    (void)context;
    return heard ? UPDRAFT_TEST_PASSED : UPDRAFT_TEST_RUNNING;
}

static void reset(void *context) {
    (void)context;
}

// An image of nothing but what opens one: header, digest.
static void write_running(void) {
    static const uint8_t header[32] = {0x3d, 0xb8, 0xf3, 0x96, [8] = 32, [12] = 64, [20] = 1};
    static const uint8_t tlvs[44] = {0x07, 0x69, 44, 0, 0x10, 0, 32, 0};
    uint8_t *at = memory + 4 * UNIT;
    memcpy(at, header, sizeof header);
    memset(at + 32, 7, 64);
    memcpy(at + 96, tlvs, sizeof tlvs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct updraft_smp_application smp;
    if (size == 0)
        return 0;
    memset(memory, 0xff, sizeof memory);
    write_running();
    struct updraft_boot_state log;
    updraft_boot_state_open(&log, &layout);
    log.state.phase = UPDRAFT_PHASE_CONFIRMED;
    log.state.has_running = 1;
    if (updraft_boot_state_append(&log) != UPDRAFT_OK)
        abort();
    buffer = malloc(UPDRAFT_SMP_BUFFER_MIN); // its own allocation, so that the sanitizer sees its edges
    struct updraft_staging staging = updraft_staging_slot(&layout);
    struct updraft_smp_application_config config = {.id = "d",
                                                    .layout = &layout,
                                                    .staging = &staging,
                                                    .buffer = buffer,
                                                    .buffer_size = UPDRAFT_SMP_BUFFER_MIN,
                                                    .buffers = 1,
                                                    .write = write_out,
                                                    .self_test = self_test,
                                                    .reset = reset};
    if (!updraft_smp_application_start(&smp, &config))
        abort();
    bool as_it_is = *data++ & 1;
    size--;
    if (as_it_is)
        updraft_smp_application_raw(&smp, data, (uint32_t)size);
    while (!as_it_is && size > 2) { // length, which of our commands, content
        static const uint8_t commands[][4] = {{2, 0, 1, 1},       {2, 0, 1, 0},       {0, 0, 1, 0},      {2, 0, 1, 5},
                                              {0, 0, 1, 6},       {2, 0, 0, 5},       {0, 0, 0, 8},      {2, 0, 0, 0},
                                              {0, 0x55, 0x44, 0}, {0, 0x55, 0x44, 1}, {2, 0x55, 0x44, 1}};
        const uint8_t *command = commands[data[1] % (sizeof commands / sizeof commands[0])];
        size_t length = data[0] * 2u < size - 2 ? data[0] * 2u : size - 2;
        uint8_t packet[8 + 510] = {command[0], 0, (uint8_t)(length >> 8), (uint8_t)length, command[1], command[2], 0,
                                   command[3]};
        memcpy(packet + 8, data + 2, length);
        updraft_smp_application_raw(&smp, packet, (uint32_t)(8 + length));
        updraft_smp_application_poll(&smp, 1000);
        data += 2 + length;
        size -= 2 + length;
    }
    struct updraft_boot_state again;
    if (updraft_boot_state_open(&again, &layout) != UPDRAFT_OK || again.state.phase > UPDRAFT_PHASE_PENDING)
        abort();
    free(buffer);
    return 0;
}
