// Clock, backup registers, reset cause and watchdog of the STM32L476.
#include "cortex_m.h"
#include "cortex_m_port.h"
#include "port.h"
#include "registers.h"

// From the internal oscillator, so that a board with any crystal or none runs: 16 MHz * 10 / 2 = 80 MHz, both APBs too
// (RM0351 6.2).
enum { PLL_80_MHZ = 2 | 10 << 8 | 1 << 24, CYCLES_PER_MILLISECOND = 80000 };

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

_Noreturn void updraft_port_start_image(uint32_t vector_table) {
    RCC_AHB2RSTR = RCC_AHB2ENR_GPIOA;
    RCC_APB2RSTR = RCC_APB2ENR_USART1 | RCC_APB2ENR_SPI1;
    RCC_AHB2RSTR = RCC_APB2RSTR = 0;
    slow_clock();
    cortex_m_start_image(vector_table);
}

enum updraft_reset_cause updraft_port_reset_cause(void) {
    uint32_t flags = RCC_CSR;
    return flags & RCC_CSR_LPWRRSTF                        ? UPDRAFT_RESET_LOW_POWER
           : flags & (RCC_CSR_IWDGRSTF | RCC_CSR_WWDGRSTF) ? UPDRAFT_RESET_WATCHDOG
           : flags & RCC_CSR_SFTRSTF                       ? UPDRAFT_RESET_SOFTWARE
           : flags & RCC_CSR_BORRSTF                       ? UPDRAFT_RESET_POWER
           : flags & RCC_CSR_PINRSTF                       ? UPDRAFT_RESET_PIN
                                                           : UPDRAFT_RESET_UNKNOWN;
}

void updraft_port_forget_reset_cause(void) {
    RCC_CSR |= RCC_CSR_RMVF;
}

uint32_t updraft_backup_read(uint32_t index) {
    return RTC_BACKUP(index);
}

void updraft_backup_write(uint32_t index, uint32_t value) {
    RTC_BACKUP(index) = value;
}

// LSI is 32 kHz typically (DS10198 table 53); /256 gives 8 ms a count.
void updraft_port_watchdog_start(uint32_t milliseconds) {
    uint32_t counts = milliseconds / 8;
    IWDG_KR = IWDG_START;
    IWDG_KR = IWDG_UNLOCK;
    IWDG_PR = 6;
    IWDG_RLR = counts < 4096 ? counts : 4095;
    while (IWDG_SR) {
    }
    IWDG_KR = IWDG_FEED;
}

void updraft_port_watchdog_feed(void) {
    IWDG_KR = IWDG_FEED;
}

void updraft_port_tick_start(void) {
    cortex_m_tick_start(CYCLES_PER_MILLISECOND);
}
