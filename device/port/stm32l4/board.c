// Flash map of the STM32L476 with 1 MB: docs/reference/flash-map.md.
#include "port.h"
#include "updraft_layout.h"

const struct updraft_layout updraft_board_layout = {
    .board = "stm32l476",
    .log = {{&updraft_port_flash, 0x08008000, 16 * 1024}, {&updraft_port_flash, 0x0800c000, 16 * 1024}},
    .settings = {&updraft_port_flash, 0x08010000, 16 * 1024},
    .running = {&updraft_port_flash, 0x08014000, 29 * 16 * 1024},
    .staging = {&updraft_port_flash, 0x08088000, 30 * 16 * 1024},
    .swap_unit = 16 * 1024,
    .header_size = 0x200,
};
