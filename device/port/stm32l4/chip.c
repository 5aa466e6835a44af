// Clock of the STM32L4, L4+, G4, WB and WL.
#include "cortex_m_port.h"
#include "port.h"
#include "registers.h"
#include "stm32/handover.h"

// From the internal oscillator of 16 MHz, so that a board with any crystal or none runs; both APBs too. L4 and G4: * 10
// / 2 = 80 MHz (RM0351 6.2, RM0440 7.2). WB: * 8 / 2 = 64 MHz, WL: * 6 / 2 = 48 MHz; they enable and divide the output
// elsewhere (RM0434 8.4.4, RM0453 7.4.4).
enum {
    PLL_FROM_HSI = 2,
    PLL_TIMES_POSITION = 8,
#if defined(UPDRAFT_STM32WB) || defined(UPDRAFT_STM32WL)
    PLL_OUTPUT_BY_2 = 1 << 28 | 1 << 29,
#else
    PLL_OUTPUT_BY_2 = 1 << 24,
#endif
    PLL = PLL_FROM_HSI | UPDRAFT_BOARD_MHZ * 2 / 16 << PLL_TIMES_POSITION | PLL_OUTPUT_BY_2,
};

void updraft_port_start(void) {
    RCC_ENABLE_1 |= RCC_ENABLE_1_PWR | RCC_ENABLE_1_RTC;
    PWR_CR1 |= PWR_CR1_DBP;
#ifdef UPDRAFT_STM32L4
    if (UPDRAFT_BOARD_GPIOS & GPIOG_BIT)
        PWR_CR2 |= PWR_CR2_IOSV; // port G has a supply of its own (RM0432 5.1.6)
#endif
    if ((RCC_CFGR & RCC_CFGR_SWS) == RCC_CFGR_SWS_PLL) {
        return;
    }
    FLASH_ACR = FLASH_ACR_LATENCY_4 | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN; // no data cache: flash_l4.c says why
    RCC_CR |= RCC_CR_HSION;
    while (!(RCC_CR & RCC_CR_HSIRDY)) {
    }
    RCC_PLLCFGR = PLL;
    RCC_CR |= RCC_CR_PLLON;
    while (!(RCC_CR & RCC_CR_PLLRDY)) {
    }
    RCC_CFGR = RCC_CFGR_SW_PLL;
    while ((RCC_CFGR & RCC_CFGR_SWS) != RCC_CFGR_SWS_PLL) {
    }
}

// An application's own start-up code expects the clock as reset leaves it: HSI on the G4, MSI at 4 MHz on the others.
static void slow_clock(void) {
#ifdef UPDRAFT_STM32G4
    RCC_CFGR = RCC_CFGR_SW_HSI;
    while ((RCC_CFGR & RCC_CFGR_SWS) != RCC_CFGR_SW_HSI << 2) {
    }
    RCC_CR &= ~(uint32_t)RCC_CR_PLLON;
#else
    RCC_CR |= RCC_CR_MSION;
    while (!(RCC_CR & RCC_CR_MSIRDY)) {
    }
    RCC_CFGR = 0;
    while (RCC_CFGR & RCC_CFGR_SWS) {
    }
    RCC_CR &= ~(uint32_t)(RCC_CR_PLLON | RCC_CR_HSION);
#endif
}

_Noreturn void updraft_port_start_image(uint32_t vector_table, uint32_t stack, uint32_t entry) {
    reset_used_peripherals();
    slow_clock();
    updraft_cortex_m_start_image(vector_table, stack, entry);
}
