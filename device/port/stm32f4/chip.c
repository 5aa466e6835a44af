// Clock of the STM32F405/407.
#include "cortex_m_port.h"
#include "port.h"
#include "registers.h"

// From the internal oscillator, so that a board with any crystal or none runs: 16 MHz / 16 * 336 / 2 = 168 MHz, APB1 at
// 42 MHz, APB2 at 84 MHz (RM0090 7.2).
enum { PLL_168_MHZ = 16 | 336 << 6 | 7 << 24 };

// SRAM and CCM RAM (RM0090 2.3).
const struct updraft_cortex_m_ram updraft_cortex_m_rams[] = {{0x20000000, 0x20020000}, {0x10000000, 0x10010000}};
const uint32_t updraft_cortex_m_ram_count = sizeof updraft_cortex_m_rams / sizeof updraft_cortex_m_rams[0];

void updraft_port_start(void) {
    RCC_APB1ENR |= RCC_APB1ENR_PWR;
    PWR_CR |= PWR_CR_DBP | PWR_CR_VOS;
    if ((RCC_CFGR & RCC_CFGR_SWS) == RCC_CFGR_SWS_PLL) {
        return;
    }
    FLASH_ACR = FLASH_ACR_LATENCY_5 | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN | FLASH_ACR_DCEN;
    RCC_PLLCFGR = PLL_168_MHZ;
    RCC_CR |= RCC_CR_PLLON;
    while (!(RCC_CR & RCC_CR_PLLRDY)) {
    }
    RCC_CFGR = RCC_CFGR_PPRE1_4 | RCC_CFGR_PPRE2_2 | RCC_CFGR_SW_PLL;
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
    RCC_AHB1RSTR = RCC_AHB1ENR_GPIOA | RCC_AHB1ENR_GPIOB;
    RCC_APB2RSTR = RCC_APB2ENR_USART1 | RCC_APB2ENR_SPI1;
    RCC_AHB1RSTR = RCC_APB2RSTR = 0;
    slow_clock();
    updraft_cortex_m_start_image(vector_table, stack, entry);
}
