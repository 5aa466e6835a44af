// What port/cortex_m.c gives to the ports.
#ifndef UPDRAFT_CORTEX_M_PORT_H
#define UPDRAFT_CORTEX_M_PORT_H

#include <stdbool.h>
#include <stdint.h>

// A piece of RAM.
struct updraft_cortex_m_ram {
    uint32_t begin, end;
};

// Of the chip; a stack may start at the end of each.
extern const struct updraft_cortex_m_ram updraft_cortex_m_rams[];
extern const uint32_t updraft_cortex_m_ram_count;

_Noreturn void updraft_cortex_m_start_image(uint32_t vector_table, uint32_t stack, uint32_t entry);
bool updraft_cortex_m_ticked(uint32_t cycles_per_tick);
void updraft_cortex_m_tick_start(uint32_t cycles_per_millisecond);

#endif
