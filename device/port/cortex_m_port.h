// What port/cortex_m.c gives to the ports.
#ifndef UPDRAFT_CORTEX_M_PORT_H
#define UPDRAFT_CORTEX_M_PORT_H

#include <stdint.h>

_Noreturn void updraft_cortex_m_start_image(uint32_t vector_table);
void updraft_cortex_m_tick_start(uint32_t cycles_per_millisecond);

#endif
