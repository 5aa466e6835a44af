// Clock of the STM32L476.
#include "cortex_m_port.h"
#include "port.h"
#include "registers.h"

// From the internal oscillator, so that a board with any crystal or none runs: 16 MHz * 10 / 2 = 80 MHz, both APBs too
// (RM0351 6.2).
enum { PLL_80_MHZ = 2 | 10 << 8 | 1 << 24 };

// SRAM1 and SRAM2 (RM0351 2.2).
const struct updraft_cortex_m_ram updraft_cortex_m_rams[] = {{0x20000000, 0x20018000}, {0x10000000, 0x10008000}};
const uint32_t updraft_cortex_m_ram_count = sizeof updraft_cortex_m_rams / sizeof updraft_cortex_m_rams[0];

void updraft_port_start(void) {
    RCC_APB1ENR1 |= RCC_APB1ENR1_PWR;
    PWR_CR1 |= PWR_CR1_DBP;
    if ((RCC_CFGR & RCC_CFGR_SWS) == RCC_CFGR_SWS_PLL) {
        return;
    }
    FLASH_ACR = FLASH_ACR_LATENCY_4 | FLASH_ACR_PRFTEN | FLASH_ACR_ICEN; // no data cache: flash_l4.c says why
    RCC_CR |= RCC_CR_HSION;
    while (!(RCC_CR & RCC_CR_HSIRDY)) {
    }
    RCC_PLLCFGR = PLL_80_MHZ;
    RCC_CR |= RCC_CR_PLLON;
    while (!(RCC_CR & RCC_CR_PLLRDY)) {
    }
    RCC_CFGR = RCC_CFGR_SW_PLL;
    while ((RCC_CFGR & RCC_CFGR_SWS) != RCC_CFGR_SWS_PLL) {
    }
}

// An application's own start-up code expects the clock as reset leaves it: MSI at 4 MHz.
static void slow_clock(void) {
    RCC_CR |= RCC_CR_MSION;
    while (!(RCC_CR & RCC_CR_MSIRDY)) {
    }
    RCC_CFGR = 0;
    while (RCC_CFGR & RCC_CFGR_SWS) {
    }
    RCC_CR &= ~(uint32_t)(RCC_CR_PLLON | RCC_CR_HSION);
}

_Noreturn void updraft_port_start_image(uint32_t vector_table, uint32_t stack, uint32_t entry) {
    RCC_AHB2RSTR = RCC_AHB2ENR_GPIOA | RCC_AHB2ENR_GPIOB;
    RCC_APB2RSTR = RCC_APB2ENR_USART1 | RCC_APB2ENR_SPI1;
    RCC_AHB2RSTR = RCC_APB2RSTR = 0;
    slow_clock();
    updraft_cortex_m_start_image(vector_table, stack, entry);
}
