// The registers of the STM32H743 that Updraft uses; RM0433 rev 8, section numbers beside each block.
#ifndef UPDRAFT_STM32H7_REGISTERS_H
#define UPDRAFT_STM32H7_REGISTERS_H

#include <stdint.h>

#include "stm32/gpio.h"
#include "stm32/iwdg.h"
#include "stm32/spi_v2.h"
#include "stm32/usart_v2.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

// FLASH, 4.9: each bank has these at its own base.
#define FLASH_ACR REGISTER(0x52002000)
struct flash_bank {
    volatile uint32_t acr, keyr, optkeyr, cr, sr, ccr;
};
#define FLASH_BANK(number) ((struct flash_bank *)(0x52002000 + 0x100 * (number)))
enum {
    FLASH_ACR_100_MHZ = 2 | 2 << 4, // LATENCY, WRHIGHFREQ at VOS3, table 17
    FLASH_CR_LOCK = 1 << 0,
    FLASH_CR_PG = 1 << 1,
    FLASH_CR_SER = 1 << 2,
    FLASH_CR_PSIZE_64 = 3 << 4,
    FLASH_CR_START = 1 << 7,
    FLASH_CR_SNB_POSITION = 8,
    FLASH_SR_BUSY = 1 << 0 | 1 << 2, // BSY, QW
    FLASH_SR_ERRORS = 0x6e0000,      // WRPERR, PGSERR, STRBERR, INCERR, OPERR
    FLASH_SR_DBECCERR = 1 << 26,
    FLASH_CCR_ALL = 0x0fef0000,
};
#define FLASH_KEY_1 0x45670123U
#define FLASH_KEY_2 0xcdef89abU

// PWR, 6.8
#define PWR_CR1 REGISTER(0x58024800)
enum { PWR_CR1_DBP = 1 << 8 };

// RCC, 8.7
#define RCC_CR REGISTER(0x58024400)
#define RCC_CFGR REGISTER(0x58024410)
#define RCC_D1CFGR REGISTER(0x58024418)
#define RCC_D2CFGR REGISTER(0x5802441c)
#define RCC_D3CFGR REGISTER(0x58024420)
#define RCC_PLLCKSELR REGISTER(0x58024428)
#define RCC_PLLCFGR REGISTER(0x5802442c)
#define RCC_PLL1DIVR REGISTER(0x58024430)
#define RCC_AHB4RSTR REGISTER(0x58024488)
#define RCC_APB2RSTR REGISTER(0x58024498)
#define RCC_AHB4ENR REGISTER(0x580244e0)
#define RCC_APB1LENR REGISTER(0x580244e8)
#define RCC_APB2ENR REGISTER(0x580244f0)
#define RCC_APB4ENR REGISTER(0x580244f4)
#define RESET_FLAGS REGISTER(0x580244d0) // RCC_RSR
enum {
    RCC_CR_PLL1ON = 1 << 24,
    RCC_CR_PLL1RDY = 1 << 25,
    RCC_CFGR_SW_PLL1 = 3,
    RCC_CFGR_SWS = 7 << 3,
    RCC_CFGR_SWS_PLL1 = 3 << 3,
    RCC_D1CFGR_HPRE_2 = 8,
    RCC_D1CFGR_D1PPRE_2 = 4 << 4,
    RCC_D2CFGR_PPRE_2 = 4 << 4 | 4 << 8, // both
    RCC_D3CFGR_D3PPRE_2 = 4 << 4,
    RCC_AHB4ENR_GPIOA = 1 << 0,
    RCC_AHB4ENR_GPIOB = 1 << 1,
    RCC_APB1LENR_USART2 = 1 << 17,
    RCC_APB2ENR_USART1 = 1 << 4,
    RCC_APB2ENR_SPI1 = 1 << 12,
    RCC_APB4ENR_RTC = 1 << 16,
    RESET_FLAGS_FORGET = 1 << 16,
    RESET_FLAG_PIN = 1 << 22,
    RESET_FLAG_POWER = 1 << 23,
    RESET_FLAG_SOFTWARE = 1 << 24,
    RESET_FLAG_WATCHDOG = 1 << 26 | 1 << 28, // both
    RESET_FLAG_LOW_POWER = 1 << 30,
};

// RTC backup registers, 46.6.20
#define RTC_BACKUP ((volatile uint32_t *)0x58004050)

#define IWDG ((struct iwdg *)0x58004800)
#define GPIOA ((struct gpio *)0x58020000)
#define GPIOB ((struct gpio *)0x58020400)
#define USART1 ((struct usart *)0x40011000)
#define USART2 ((struct usart *)0x40004400)
#define SPI1 ((struct spi *)0x40013000)

// What runs at which speed behind updraft_port_start (chip.c), and how it gets its clock.
enum { CPU_HZ = 200000000, USART1_HZ = 50000000, USART2_HZ = 50000000, SPI1_HZ = 50000000 };

static inline void clock_gpioa(void) {
    RCC_AHB4ENR |= RCC_AHB4ENR_GPIOA;
}

static inline void clock_gpiob(void) {
    RCC_AHB4ENR |= RCC_AHB4ENR_GPIOB;
}

static inline void clock_usart1(void) {
    RCC_APB2ENR |= RCC_APB2ENR_USART1;
}

static inline void clock_usart2(void) {
    RCC_APB1LENR |= RCC_APB1LENR_USART2;
}

static inline void clock_spi1(void) {
    RCC_APB2ENR |= RCC_APB2ENR_SPI1;
}

#endif
