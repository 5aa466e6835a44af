// Flash of the STM32L4, L4+, G4, WB and WL (RM0351 3.3.1, RM0432, RM0440, RM0434, RM0453): pages in one bank or in two,
// one behind the other, units of 8 bytes with ECC. The NMI that an uncorrectable unit raises is taken here, and the
// read that met it is an error.
#include <stdbool.h>
#include <string.h>

#include "cortex_m.h"
#include "port.h"
#include "registers.h"
#include "updraft_board.h"
#include "updraft_flash.h"

enum {
    BASE = UPDRAFT_BOARD_FLASH,
    PAGE = UPDRAFT_BOARD_FLASH_PAGE,
    PAGES = UPDRAFT_BOARD_FLASH_SIZE / PAGE,
    PAGES_A_BANK = UPDRAFT_BOARD_FLASH_BANK_SIZE / PAGE,
    UNIT = UPDRAFT_BOARD_FLASH_UNIT,
};

static const struct updraft_flash_region regions[] = {UPDRAFT_BOARD_FLASH_REGIONS};

// Set by the NMI: the flash met 8 bytes that its ECC cannot correct.
static volatile bool uncorrectable;

void updraft_nmi_handler(void);

// RM0351 3.3.2: two wrong bits raise the NMI, and the read gives what it gives. To be told of the next one ECCD has to
// be cleared. Where a unit was corrected shortly before, ECCC stands in the register and ECCD may not come (RM0351
// 3.7.7: it keeps the first error).
void updraft_nmi_handler(void) {
    while (!(FLASH_ECCR & (FLASH_ECCR_ECCD | FLASH_ECCR_ECCC))) {
        // Not the flash: nothing that can be put right here. The watchdog, where it runs, resets the chip.
    }
    FLASH_ECCR |= FLASH_ECCR_ECCD | FLASH_ECCR_ECCC;
    uncorrectable = true;
}

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

static uint32_t finish(void) {
    wait();
    uint32_t errors = FLASH_SR & FLASH_SR_ERRORS;
    FLASH_CR = FLASH_CR_LOCK;
    // The instruction cache may hold what was there before; it can be reset only while it is off. The data cache is
    // never on: it would answer the second read of an uncorrectable place without an NMI.
    FLASH_ACR &= ~(uint32_t)FLASH_ACR_ICEN;
    FLASH_ACR |= FLASH_ACR_ICRST;
    FLASH_ACR &= ~(uint32_t)FLASH_ACR_ICRST;
    FLASH_ACR |= FLASH_ACR_ICEN;
    updraft_port_watchdog_feed();
    return errors;
}

static enum updraft_status flash_read(void *context, uint32_t address, void *data, uint32_t length) {
    (void)context;
    uncorrectable = false;
    FLASH_ECCR |= FLASH_ECCR_ECCC; // so that the next error is told
    memcpy(data, (const void *)(uintptr_t)address, length);
    cortex_m_barrier(); // an NMI that is pending comes now
    return uncorrectable ? UPDRAFT_ERROR_READ : UPDRAFT_OK;
}

static enum updraft_status flash_erase(void *context, uint32_t address) {
    (void)context;
    uint32_t page = (address - BASE) / PAGE;
    if (address % PAGE != 0 || page >= PAGES) {
        return UPDRAFT_ERROR_RANGE;
    }
    unlock();
    uint32_t bank = page < PAGES_A_BANK ? 0 : FLASH_CR_BKER;
    FLASH_CR = FLASH_CR_PER | bank | page % PAGES_A_BANK << FLASH_CR_PNB_POSITION;
    FLASH_CR |= FLASH_CR_STRT;
    return finish() == 0 ? UPDRAFT_OK : UPDRAFT_ERROR_ERASE;
}

static enum updraft_status flash_program(void *context, uint32_t address, const void *data, uint32_t length) {
    (void)context;
    const uint8_t *from = data;
    unlock();
    FLASH_CR = FLASH_CR_PG;
    for (uint32_t at = 0; at < length; at += UNIT) {
        uint32_t words[2];
        memcpy(words, from + at, sizeof words);
        REGISTER(address + at) = words[0];
        cortex_m_barrier(); // the second word must come behind the first (RM0351 3.3.7)
        REGISTER(address + at + 4) = words[1];
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
    .program_unit = UNIT,
    .read = flash_read,
    .erase = flash_erase,
    .program = flash_program,
};
