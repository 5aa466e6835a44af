// Flash of the STM32H72x to H75x (RM0433 4.3, RM0468 4.3): one bank or two of up to eight sectors of 128 KB, units of
// 32 bytes with ECC. A unit that the ECC cannot correct answers with a BusFault; the read that met it is an error here.
#include <string.h>

#include "cortex_m.h"
#include "port.h"
#include "registers.h"
#include "updraft_board.h"
#include "updraft_flash.h"

enum {
    BASE = UPDRAFT_BOARD_FLASH,
    SECTOR = UPDRAFT_BOARD_FLASH_PAGE,
    SECTORS = UPDRAFT_BOARD_FLASH_SIZE / SECTOR,
    SECTORS_A_BANK = UPDRAFT_BOARD_FLASH_BANK_SIZE / SECTOR,
    UNIT = UPDRAFT_BOARD_FLASH_UNIT,
};

static const struct updraft_flash_region regions[] = {UPDRAFT_BOARD_FLASH_REGIONS};

static struct flash_bank *bank_of(uint32_t address) {
    return FLASH_BANK((address - BASE) / SECTOR / SECTORS_A_BANK);
}

static void wait(const struct flash_bank *bank) {
    while (bank->sr & FLASH_SR_BUSY) {
        updraft_port_watchdog_feed();
    }
}

static void unlock(struct flash_bank *bank) {
    if (bank->cr & FLASH_CR_LOCK) {
        bank->keyr = FLASH_KEY_1;
        bank->keyr = FLASH_KEY_2;
    }
    wait(bank);
    bank->ccr = FLASH_CCR_ALL; // sticky errors would refuse the next operation
}

static uint32_t finish(struct flash_bank *bank) {
    wait(bank);
    uint32_t errors = bank->sr & FLASH_SR_ERRORS;
    bank->cr = FLASH_CR_LOCK;
    updraft_port_watchdog_feed();
    return errors;
}

// An application may have the data cache on: it must not answer with what stood there before.
static void forget_cache(uint32_t address, uint32_t length) {
    cortex_m_barrier();
    if (SCB_CCR & CCR_DC) {
        for (uint32_t line = 0; line < length; line += CACHE_LINE)
            SCB_DCIMVAC = address + line;
        cortex_m_barrier();
    }
}

// With FAULTMASK set and BFHFNMIGN the processor passes over the BusFault (ARM DDI 0403E, B3.2.8), and DBECCERR tells
// of it (RM0433 4.7.9). Interrupts wait for the time of one read.
static enum updraft_status flash_read(void *context, uint32_t address, void *data, uint32_t length) {
    (void)context;
    struct flash_bank *bank = bank_of(address);
    uint32_t control = SCB_CCR;
    bank->ccr = FLASH_CCR_ALL;
    __asm volatile("cpsid f" ::: "memory");
    SCB_CCR = control | CCR_BFHFNMIGN;
    cortex_m_barrier();
    memcpy(data, (const void *)(uintptr_t)address, length);
    cortex_m_barrier();
    SCB_CCR = control;
    SCB_CFSR = CFSR_BUS_FAULTS; // the fault that was passed over is recorded all the same
    __asm volatile("cpsie f" ::: "memory");
    return bank->sr & FLASH_SR_DBECCERR ? UPDRAFT_ERROR_READ : UPDRAFT_OK;
}

static enum updraft_status flash_erase(void *context, uint32_t address) {
    (void)context;
    uint32_t sector = (address - BASE) / SECTOR;
    if (address % SECTOR != 0 || sector >= SECTORS) {
        return UPDRAFT_ERROR_RANGE;
    }
    struct flash_bank *bank = bank_of(address);
    unlock(bank);
    bank->cr = FLASH_CR_PSIZE_64 | FLASH_CR_SER | sector % SECTORS_A_BANK << FLASH_CR_SNB_POSITION;
    bank->cr |= FLASH_CR_START;
    uint32_t errors = finish(bank);
    forget_cache(address, SECTOR);
    return errors == 0 ? UPDRAFT_OK : UPDRAFT_ERROR_ERASE;
}

// A unit starts by itself once all its eight words are in the write buffer (RM0433 4.3.9).
static enum updraft_status flash_program(void *context, uint32_t address, const void *data, uint32_t length) {
    (void)context;
    struct flash_bank *bank = bank_of(address);
    unlock(bank);
    bank->cr = FLASH_CR_PSIZE_64 | FLASH_CR_PG;
    for (uint32_t at = 0; at < length; at += 4) {
        uint32_t word;
        memcpy(&word, (const uint8_t *)data + at, sizeof word);
        REGISTER(address + at) = word;
        if (at % UNIT == UNIT - 4) {
            cortex_m_barrier();
            wait(bank);
        }
        if (bank->sr & FLASH_SR_ERRORS) {
            break;
        }
    }
    uint32_t errors = finish(bank);
    forget_cache(address, length);
    return errors == 0 ? UPDRAFT_OK : UPDRAFT_ERROR_PROGRAM;
}

const struct updraft_flash updraft_port_flash = {
    .regions = regions,
    .region_count = sizeof regions / sizeof regions[0],
    .program_unit = UNIT,
    .read = flash_read,
    .erase = flash_erase,
    .program = flash_program,
};
