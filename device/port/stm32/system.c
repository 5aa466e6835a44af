// Reset cause, backup registers, watchdog and tick: alike on all STM32 but for addresses and the places of flags.
#include "cortex_m_port.h"
#include "port.h"
#include "registers.h"

enum { IWDG_FEED = 0xaaaa, IWDG_UNLOCK = 0x5555, IWDG_START = 0xcccc, IWDG_DIVIDE_BY_256 = 6, IWDG_MOST = 4095 };

enum updraft_reset_cause updraft_port_reset_cause(void) {
    uint32_t flags = RESET_FLAGS;
    return flags & RESET_FLAG_LOW_POWER  ? UPDRAFT_RESET_LOW_POWER
           : flags & RESET_FLAG_WATCHDOG ? UPDRAFT_RESET_WATCHDOG
           : flags & RESET_FLAG_SOFTWARE ? UPDRAFT_RESET_SOFTWARE
           : flags & RESET_FLAG_POWER    ? UPDRAFT_RESET_POWER
           : flags & RESET_FLAG_PIN      ? UPDRAFT_RESET_PIN
                                         : UPDRAFT_RESET_UNKNOWN;
}

void updraft_port_forget_reset_cause(void) {
    RESET_FLAGS |= RESET_FLAGS_FORGET;
}

uint32_t updraft_backup_read(uint32_t index) {
    return RTC_BACKUP[index];
}

void updraft_backup_write(uint32_t index, uint32_t value) {
    RTC_BACKUP[index] = value;
}

// LSI is 32 kHz typically (17 to 47 kHz on the F4, DS8626 table 35); /256 gives 8 ms a count.
void updraft_port_watchdog_start(uint32_t milliseconds) {
    uint32_t counts = milliseconds / 8;
    IWDG->kr = IWDG_START;
    IWDG->kr = IWDG_UNLOCK;
    IWDG->pr = IWDG_DIVIDE_BY_256;
    IWDG->rlr = counts < IWDG_MOST ? counts : IWDG_MOST;
    while (IWDG->sr) {
    }
    IWDG->kr = IWDG_FEED;
}

void updraft_port_watchdog_feed(void) {
    IWDG->kr = IWDG_FEED;
}

void updraft_port_tick_start(void) {
    updraft_cortex_m_tick_start(CPU_HZ / 1000);
}

// The counter has 24 bits: at most 83 ms at 200 MHz.
bool updraft_port_ticked(void) {
    return updraft_cortex_m_ticked(CPU_HZ / 10 < (1U << 24) ? CPU_HZ / 10 : (1U << 24));
}
