// Flash map of the STM32F407 with 1 MB: docs/reference/flash-map.md.
#include "port.h"
#include "updraft_layout.h"

const struct updraft_layout updraft_board_layout = {
    .board = "stm32f407",
    .log = {{&updraft_port_flash, 0x08008000, 16 * 1024}, {&updraft_port_flash, 0x0800c000, 16 * 1024}},
    .settings = {&updraft_port_flash, 0x08010000, 64 * 1024},
    .running = {&updraft_port_flash, 0x08020000, 3 * 128 * 1024},
    .staging = {&updraft_port_flash, 0x08080000, 4 * 128 * 1024},
    .swap_unit = 128 * 1024,
    .header_size = 0x200,
};
