// Flash map of the STM32L476 with 1 MB (RM0351 3.3.1, table 3): two banks of 256 pages of 2 KB, one behind the other;
// docs/reference/flash-map.md.
#include "flash_l4.h"
#include "layout.h"

static const struct updraft_flash_region regions[] = {{.address = 0x08000000, .unit = 2 * 1024, .count = 512}};

static const struct updraft_flash flash = {
    .regions = regions,
    .region_count = sizeof regions / sizeof regions[0],
    .program_unit = 8,
    .read = flash_l4_read,
    .erase = flash_l4_erase,
    .program = flash_l4_program,
};

const struct updraft_layout updraft_board_layout = {
    .board = "stm32l476",
    .log = {{&flash, 0x08008000, 16 * 1024}, {&flash, 0x0800c000, 16 * 1024}},
    .settings = {&flash, 0x08010000, 16 * 1024},
    .running = {&flash, 0x08014000, 29 * 16 * 1024},
    .staging = {&flash, 0x08088000, 30 * 16 * 1024},
    .step = 16 * 1024,
    .header_size = 0x200,
};
