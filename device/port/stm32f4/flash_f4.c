// Flash of the STM32F4 (RM0090 3.3, tables 5 and 6): words of 32 bits at 2.7 to 3.6 V, no ECC, reads never fault.
#include <string.h>

#include "port.h"
#include "registers.h"
#include "updraft_board.h"
#include "updraft_flash.h"

static const struct updraft_flash_region regions[] = {UPDRAFT_BOARD_FLASH_REGIONS};

// On the F42x and F43x with two banks the second one's sectors are numbered from 16 on (RM0090 3.9.8).
enum { SECTORS_A_BANK = 12, SECOND_BANK = 16 };

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

// What SNB calls the sector that starts at `address`, UINT32_MAX where none does.
static uint32_t sector_at(uint32_t address) {
    uint32_t sector = 0, start = regions[0].address;
    for (uint32_t i = 0; i < sizeof regions / sizeof regions[0]; i++)
        for (uint32_t left = regions[i].count; left > 0; left--, sector++, start += regions[i].unit)
            if (start == address)
                return sector < SECTORS_A_BANK ? sector : sector - SECTORS_A_BANK + SECOND_BANK;
    return UINT32_MAX;
}

static enum updraft_status flash_read(void *context, uint32_t address, void *data, uint32_t length) {
    (void)context;
    memcpy(data, (const void *)(uintptr_t)address, length);
    return UPDRAFT_OK;
}

static enum updraft_status flash_erase(void *context, uint32_t address) {
    (void)context;
    uint32_t sector = sector_at(address);
    if (sector == UINT32_MAX)
        return UPDRAFT_ERROR_RANGE;
    unlock();
    updraft_port_watchdog_feed();
    FLASH_CR = FLASH_CR_PSIZE_32 | FLASH_CR_SER | sector << FLASH_CR_SNB_POSITION;
    FLASH_CR |= FLASH_CR_STRT;
    return finish() == 0 ? UPDRAFT_OK : UPDRAFT_ERROR_ERASE;
}

static enum updraft_status flash_program(void *context, uint32_t address, const void *data, uint32_t length) {
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

const struct updraft_flash updraft_port_flash = {
    .regions = regions,
    .region_count = sizeof regions / sizeof regions[0],
    .program_unit = UPDRAFT_BOARD_FLASH_UNIT,
    .read = flash_read,
    .erase = flash_erase,
    .program = flash_program,
};
