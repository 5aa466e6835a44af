// The flash map of the board, as its file has it.
#include "updraft_layout.h"

#include "cortex_m_port.h"
#include "port.h"
#include "updraft_board.h"

#define AREA(name)                                                                                                     \
    { &updraft_port_flash, UPDRAFT_BOARD_##name, UPDRAFT_BOARD_##name##_SIZE }

const struct updraft_layout updraft_board_layout = {
    .board = UPDRAFT_BOARD_NAME,
    .log = {AREA(STATE_0), AREA(STATE_1)},
    .settings = AREA(SETTINGS),
    .running = AREA(SLOT),
    .staging = AREA(STAGING),
    .swap_unit = UPDRAFT_BOARD_SWAP_UNIT,
    .header_size = UPDRAFT_BOARD_HEADER_SIZE,
};

const struct updraft_cortex_m_ram updraft_cortex_m_rams[] = {UPDRAFT_BOARD_RAMS};
const uint32_t updraft_cortex_m_ram_count = sizeof updraft_cortex_m_rams / sizeof updraft_cortex_m_rams[0];
