// What all ports share: reset, start of an image, the millisecond tick, start-up of C.
#include "cortex_m.h"

#include "cortex_m_port.h"

#include "port.h"

static volatile uint32_t milliseconds;

_Noreturn void updraft_port_reset(void) {
    cortex_m_barrier();
    SCB_AIRCR = AIRCR_SYSRESETREQ;
    for (;;) {
    }
}

// The stack pointer moves, so nothing may be kept on the stack between: two instructions in registers.
_Noreturn static void jump(uint32_t stack, uint32_t entry) {
    __asm volatile("msr msp, %0\n bx %1" ::"r"(stack), "r"(entry) : "memory");
    __builtin_unreachable();
}

_Noreturn void updraft_cortex_m_start_image(uint32_t vector_table, uint32_t stack, uint32_t entry) {
    SYSTICK_CSR = 0;
    for (uint32_t i = 0; i < 8; i++) {
        NVIC_ICER(i) = UINT32_MAX;
        NVIC_ICPR(i) = UINT32_MAX;
    }
    SCB_VTOR = vector_table;
    cortex_m_barrier();
    jump(stack, entry);
}

bool updraft_port_can_start(uint32_t stack, uint32_t entry, uint32_t code, uint32_t size) {
    bool in_ram = false;
    for (uint32_t i = 0; i < updraft_cortex_m_ram_count; i++) {
        const struct updraft_cortex_m_ram *ram = &updraft_cortex_m_rams[i];
        in_ram = in_ram || (stack > ram->begin && stack <= ram->end);
    }
    return in_ram && stack % 4 == 0 && (entry & 1) != 0 && entry - code < size;
}

// Polled: the bootloader takes no interrupts.
bool updraft_cortex_m_ticked(uint32_t cycles_per_tick) {
    if ((SYSTICK_CSR & 1) == 0) {
        SYSTICK_RVR = cycles_per_tick - 1;
        SYSTICK_CVR = 0;
        SYSTICK_CSR = 5; // processor clock, enable
    }
    return (SYSTICK_CSR & SYSTICK_COUNTED) != 0;
}

void updraft_cortex_m_tick_start(uint32_t cycles_per_millisecond) {
    SYSTICK_RVR = cycles_per_millisecond - 1;
    SYSTICK_CVR = 0;
    SYSTICK_CSR = 7; // processor clock, interrupt, enable
}

void updraft_systick_handler(void);

void updraft_systick_handler(void) {
    milliseconds++;
}

uint32_t updraft_port_millis(void) {
    return milliseconds;
}

void updraft_port_sleep(void) {
    __asm volatile("wfi");
}
