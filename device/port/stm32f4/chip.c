// Clock, backup registers, reset cause and watchdog of the STM32F405/407.
#include "cortex_m.h"
#include "cortex_m_port.h"
#include "port.h"
#include "registers.h"

// From the internal oscillator, so that a board with any crystal or none runs: 16 MHz / 16 * 336 / 2 = 168 MHz, APB1 at
// 42 MHz, APB2 at 84 MHz (RM0090 7.2).
enum { PLL_168_MHZ = 16 | 336 << 6 | 7 << 24, CYCLES_PER_MILLISECOND = 168000 };

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

_Noreturn void updraft_port_start_image(uint32_t vector_table) {
    RCC_AHB1RSTR = RCC_AHB1ENR_GPIOA;
    RCC_APB2RSTR = RCC_APB2ENR_USART1 | RCC_APB2ENR_SPI1;
    RCC_AHB1RSTR = RCC_APB2RSTR = 0;
    slow_clock();
    cortex_m_start_image(vector_table);
}

enum updraft_reset_cause updraft_port_reset_cause(void) {
    uint32_t flags = RCC_CSR;
    return flags & RCC_CSR_LPWRRSTF                        ? UPDRAFT_RESET_LOW_POWER
           : flags & (RCC_CSR_IWDGRSTF | RCC_CSR_WWDGRSTF) ? UPDRAFT_RESET_WATCHDOG
           : flags & RCC_CSR_SFTRSTF                       ? UPDRAFT_RESET_SOFTWARE
           : flags & RCC_CSR_PORRSTF                       ? UPDRAFT_RESET_POWER
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

// LSI is 32 kHz typically, 17 to 47 kHz (DS8626 table 35); /256 gives 8 ms a count.
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
