#include "flash_f4.h"

#include <string.h>

#include "port.h"
#include "registers.h"

enum { SECTORS = 12 };

// The single bank stalls every fetch while it is busy, so the watchdog can only be fed before and after; its period
// must be longer than the longest erase (2 s for 128 KB, DS8626 table 41).
static void wait(void) {
    while (FLASH_SR & FLASH_SR_BSY) {
        updraft_port_watchdog_feed();
    }
}

static void unlock(void) {
    if (FLASH_CR & FLASH_CR_LOCK) {
        FLASH_KEYR = FLASH_KEY_1;
        FLASH_KEYR = FLASH_KEY_2;
    }
    wait();
    FLASH_SR = FLASH_SR_ERRORS | FLASH_SR_EOP; // sticky errors would refuse the next operation
}

// RM0090 3.5.3: the caches may hold what the sector held before. They can be reset only while they are off.
static void forget_caches(void) {
    uint32_t caches = FLASH_ACR & (FLASH_ACR_ICEN | FLASH_ACR_DCEN);
    FLASH_ACR &= ~caches;
    FLASH_ACR |= FLASH_ACR_ICRST | FLASH_ACR_DCRST;
    FLASH_ACR &= ~(uint32_t)(FLASH_ACR_ICRST | FLASH_ACR_DCRST);
    FLASH_ACR |= caches;
}

static uint32_t finish(void) {
    wait();
    uint32_t errors = FLASH_SR & FLASH_SR_ERRORS;
    FLASH_CR = FLASH_CR_LOCK;
    forget_caches();
    updraft_port_watchdog_feed();
    return errors;
}

static uint32_t sector_start(uint32_t sector) {
    return 0x08000000 + (sector < 4 ? sector * 0x4000 : sector == 4 ? 0x10000 : (sector - 4) * 0x20000);
}

enum updraft_status flash_f4_read(void *context, uint32_t address, void *data, uint32_t length) {
    (void)context;
    memcpy(data, (const void *)(uintptr_t)address, length);
    return UPDRAFT_OK;
}

enum updraft_status flash_f4_erase(void *context, uint32_t address) {
    (void)context;
    uint32_t sector = 0;
    while (sector < SECTORS && sector_start(sector) != address) {
        sector++;
    }
    if (sector == SECTORS) {
        return UPDRAFT_ERROR_RANGE;
    }
    unlock();
    updraft_port_watchdog_feed();
    FLASH_CR = FLASH_CR_PSIZE_32 | FLASH_CR_SER | sector << FLASH_CR_SNB_POSITION;
    FLASH_CR |= FLASH_CR_STRT;
    return finish() == 0 ? UPDRAFT_OK : UPDRAFT_ERROR_ERASE;
}

enum updraft_status flash_f4_program(void *context, uint32_t address, const void *data, uint32_t length) {
    (void)context;
    const uint8_t *from = data;
    unlock();
    FLASH_CR = FLASH_CR_PSIZE_32 | FLASH_CR_PG;
    for (uint32_t at = 0; at < length; at += 4) {
        uint32_t word;
        memcpy(&word, from + at, sizeof word);
        REGISTER(address + at) = word;
        wait();
        if (FLASH_SR & FLASH_SR_ERRORS) {
            break;
        }
    }
    return finish() == 0 ? UPDRAFT_OK : UPDRAFT_ERROR_PROGRAM;
}
