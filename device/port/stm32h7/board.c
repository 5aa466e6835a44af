// Flash map of the STM32H743 with 2 MB: docs/reference/flash-map.md. What runs is in bank 1, what is downloaded goes to
// bank 2, so that code goes on running while staging is erased (RM0433 4.3.7).
#include "port.h"
#include "updraft_layout.h"

const struct updraft_layout updraft_board_layout = {
    .board = "stm32h743",
    .log = {{&updraft_port_flash, 0x08020000, 128 * 1024}, {&updraft_port_flash, 0x08100000, 128 * 1024}},
    .settings = {&updraft_port_flash, 0x08040000, 128 * 1024},
    .running = {&updraft_port_flash, 0x08060000, 5 * 128 * 1024},
    .staging = {&updraft_port_flash, 0x08120000, 6 * 128 * 1024},
    .swap_unit = 128 * 1024,
    .header_size = 0x400,
};
