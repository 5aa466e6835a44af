// Clock of the STM32H72x to H75x.
#include "cortex_m_port.h"
#include "port.h"
#include "registers.h"
#include "stm32/handover.h"

// From the internal oscillator, so that a board with any crystal or none runs, and at the voltage that reset chooses
// (VOS3), so that it does not matter how the board supplies the core: 64 MHz / 16 * 100 / 2 = 200 MHz, buses at 100
// MHz, APBs at 50 MHz, and 50 MHz for the SPI (RM0433 8.5, DS12110 table 23); a fifth less of all on the H72x and H73x
// (DS13313 table 21).
enum {
    PLL1_64_MHZ_BY_16 = 16 << 4,
    PLL1_INPUT_4_TO_8_MHZ = 2 << 2,
    PLL1_P_AND_Q = 3 << 16,
    PLL1_P_2_Q_8 = (UPDRAFT_BOARD_MHZ / 2 - 1) | (2 - 1) << 9 | (8 - 1) << 16 | (2 - 1) << 24,
};

void updraft_port_start(void) {
    RCC_ENABLE_3 |= RCC_ENABLE_3_RTC;
    PWR_CR1 |= PWR_CR1_DBP;
    if ((RCC_CFGR & RCC_CFGR_SWS) == RCC_CFGR_SWS_PLL1) {
        return;
    }
    RCC_PLLCKSELR = PLL1_64_MHZ_BY_16;
    RCC_PLLCFGR = PLL1_INPUT_4_TO_8_MHZ | PLL1_P_AND_Q;
    RCC_PLL1DIVR = PLL1_P_2_Q_8;
    RCC_CR |= RCC_CR_PLL1ON;
    while (!(RCC_CR & RCC_CR_PLL1RDY)) {
    }
    RCC_D1CFGR = RCC_D1CFGR_HPRE_2 | RCC_D1CFGR_D1PPRE_2;
    RCC_D2CFGR = RCC_D2CFGR_PPRE_2;
    RCC_D3CFGR = RCC_D3CFGR_D3PPRE_2;
    FLASH_ACR = FLASH_ACR_100_MHZ;
    while (FLASH_ACR != FLASH_ACR_100_MHZ) {
    }
    RCC_CFGR = RCC_CFGR_SW_PLL1;
    while ((RCC_CFGR & RCC_CFGR_SWS) != RCC_CFGR_SWS_PLL1) {
    }
}

// An application's own start-up code expects the clock as reset leaves it.
static void slow_clock(void) {
    RCC_CFGR = 0;
    while (RCC_CFGR & RCC_CFGR_SWS) {
    }
    RCC_CR &= ~(uint32_t)RCC_CR_PLL1ON;
    RCC_D1CFGR = RCC_D2CFGR = RCC_D3CFGR = 0;
}

_Noreturn void updraft_port_start_image(uint32_t vector_table, uint32_t stack, uint32_t entry) {
    reset_used_peripherals();
    slow_clock();
    updraft_cortex_m_start_image(vector_table, stack, entry);
}
