// Clock of the STM32F4.
#include "cortex_m_port.h"
#include "port.h"
#include "registers.h"
#include "stm32/handover.h"

// From the internal oscillator, so that a board with any crystal or none runs, and at the voltage that reset chooses:
// 16 MHz / 16 * 336 / 2 = 168 MHz (RM0090 7.2), / 4 = 84 MHz on the chips that reach no more (RM0368 6.2); APB1 at 42
// MHz, APB2 at 84 MHz.
#if UPDRAFT_BOARD_MHZ == 168
enum { PLL = 16 | 336 << 6 | 7 << 24, BUSES = RCC_CFGR_PPRE1_4 | RCC_CFGR_PPRE2_2, LATENCY = FLASH_ACR_LATENCY_5 };
#else
enum { PLL = 16 | 336 << 6 | 1 << 16 | 7 << 24, BUSES = RCC_CFGR_PPRE1_2, LATENCY = FLASH_ACR_LATENCY_2 };
#endif

void updraft_port_start(void) {
    RCC_ENABLE_1 |= RCC_ENABLE_1_PWR;
    PWR_CR |= PWR_CR_DBP;
    if ((RCC_CFGR & RCC_CFGR_SWS) == RCC_CFGR_SWS_PLL) {
        return;
    }
    FLASH_ACR = LATENCY | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
    RCC_PLLCFGR = PLL;
    RCC_CR |= RCC_CR_PLLON;
    while (!(RCC_CR & RCC_CR_PLLRDY)) {
    }
    RCC_CFGR = BUSES | RCC_CFGR_SW_PLL;
    while ((RCC_CFGR & RCC_CFGR_SWS) != RCC_CFGR_SWS_PLL) {
    }
}

// An application's own start-up code expects the clock as reset leaves it.
static void slow_clock(void) {
    RCC_CFGR = 0;
    while (RCC_CFGR & RCC_CFGR_SWS) {
    }
    RCC_CR &= ~(uint32_t)RCC_CR_PLLON;
}

_Noreturn void updraft_port_start_image(uint32_t vector_table, uint32_t stack, uint32_t entry) {
    reset_used_peripherals();
    slow_clock();
    updraft_cortex_m_start_image(vector_table, stack, entry);
}
