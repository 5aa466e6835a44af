// The core's own registers, alike on all Cortex-M (ARM DDI 0403E, B3.2 and B3.3).
#ifndef UPDRAFT_CORTEX_M_H
#define UPDRAFT_CORTEX_M_H

#include <stdint.h>

#define SYSTICK_CSR (*(volatile uint32_t *)0xe000e010)
#define SYSTICK_COUNTED (1U << 16)
#define SYSTICK_RVR (*(volatile uint32_t *)0xe000e014)
#define SYSTICK_CVR (*(volatile uint32_t *)0xe000e018)
#define NVIC_ISER(n) (*(volatile uint32_t *)(0xe000e100 + 4 * (n)))
#define NVIC_ICER(n) (*(volatile uint32_t *)(0xe000e180 + 4 * (n)))
#define NVIC_ICPR(n) (*(volatile uint32_t *)(0xe000e280 + 4 * (n)))
#define SCB_VTOR (*(volatile uint32_t *)0xe000ed08)
#define SCB_AIRCR (*(volatile uint32_t *)0xe000ed0c)
#define SCB_CCR (*(volatile uint32_t *)0xe000ed14)
#define SCB_CFSR (*(volatile uint32_t *)0xe000ed28)
#define SCB_DCIMVAC (*(volatile uint32_t *)0xe000ef5c) // Cortex-M7 (ARM DDI 0489D)

#define AIRCR_SYSRESETREQ 0x05fa0004U
#define CCR_BFHFNMIGN (1U << 8)
#define CCR_DC (1U << 16)
#define CFSR_BUS_FAULTS 0xff00U // written back, they are cleared

#define CACHE_LINE 32 // bytes, Cortex-M7

static inline void cortex_m_barrier(void) {
    __asm volatile("dsb\n isb" ::: "memory");
}

#endif
