// Flash map of the STM32F407 with 1 MB (RM0090 3.3, table 5); docs/reference/flash-map.md.
#include "flash_f4.h"
#include "layout.h"

static const struct updraft_flash_region regions[] = {
    {.address = 0x08000000, .unit = 16 * 1024, .count = 4},
    {.address = 0x08010000, .unit = 64 * 1024, .count = 1},
    {.address = 0x08020000, .unit = 128 * 1024, .count = 7},
};

static const struct updraft_flash flash = {
    .regions = regions,
    .region_count = sizeof regions / sizeof regions[0],
    .program_unit = 4,
    .read = flash_f4_read,
    .erase = flash_f4_erase,
    .program = flash_f4_program,
};

const struct updraft_layout updraft_board_layout = {
    .board = "stm32f407",
    .log = {{&flash, 0x08008000, 16 * 1024}, {&flash, 0x0800c000, 16 * 1024}},
    .settings = {&flash, 0x08010000, 64 * 1024},
    .running = {&flash, 0x08020000, 3 * 128 * 1024},
    .staging = {&flash, 0x08080000, 4 * 128 * 1024},
    .step = 128 * 1024,
    .header_size = 0x200,
};
