// The registers of the STM32F405/407 that Updraft uses; RM0090 rev 19, section numbers beside each block.
#ifndef UPDRAFT_STM32F4_REGISTERS_H
#define UPDRAFT_STM32F4_REGISTERS_H

#include <stdint.h>

#define SPI_HAS_FIFO 0

#include "stm32/gpio.h"
#include "stm32/iwdg.h"
#include "stm32/spi_v1.h"
#include "stm32/usart_v1.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

// FLASH, 3.9
#define FLASH_ACR REGISTER(0x40023c00)
#define FLASH_KEYR REGISTER(0x40023c04)
#define FLASH_SR REGISTER(0x40023c0c)
#define FLASH_CR REGISTER(0x40023c10)
enum {
    FLASH_ACR_LATENCY_5 = 5,
    FLASH_ACR_PRFTEN = 1 << 8,
    FLASH_ACR_ICEN = 1 << 9,
    FLASH_ACR_DCEN = 1 << 10,
    FLASH_ACR_ICRST = 1 << 11,
    FLASH_ACR_DCRST = 1 << 12,
    FLASH_SR_ERRORS = 0xf2, // OPERR, WRPERR, PGAERR, PGPERR, PGSERR
    FLASH_SR_EOP = 1 << 0,
    FLASH_SR_BSY = 1 << 16,
    FLASH_CR_PG = 1 << 0,
    FLASH_CR_SER = 1 << 1,
    FLASH_CR_SNB_POSITION = 3,
    FLASH_CR_PSIZE_32 = 2 << 8,
    FLASH_CR_STRT = 1 << 16,
};
#define FLASH_CR_LOCK (1U << 31)
#define FLASH_KEY_1 0x45670123U
#define FLASH_KEY_2 0xcdef89abU

// PWR, 5.4
#define PWR_CR REGISTER(0x40007000)
enum { PWR_CR_DBP = 1 << 8, PWR_CR_VOS = 1 << 14 };

// RCC, 7.3
#define RCC_CR REGISTER(0x40023800)
#define RCC_PLLCFGR REGISTER(0x40023804)
#define RCC_CFGR REGISTER(0x40023808)
#define RCC_AHB1RSTR REGISTER(0x40023810)
#define RCC_APB2RSTR REGISTER(0x40023824)
#define RCC_AHB1ENR REGISTER(0x40023830)
#define RCC_APB1ENR REGISTER(0x40023840)
#define RCC_APB2ENR REGISTER(0x40023844)
#define RCC_BDCR REGISTER(0x40023870)
#define RESET_FLAGS REGISTER(0x40023874) // RCC_CSR
enum {
    RCC_CR_PLLON = 1 << 24,
    RCC_CR_PLLRDY = 1 << 25,
    RCC_CFGR_SW_PLL = 2,
    RCC_CFGR_SWS = 3 << 2,
    RCC_CFGR_SWS_PLL = 2 << 2,
    RCC_CFGR_PPRE1_4 = 5 << 10,
    RCC_CFGR_PPRE2_2 = 4 << 13,
    RCC_AHB1ENR_GPIOA = 1 << 0,
    RCC_AHB1ENR_GPIOB = 1 << 1,
    RCC_APB1ENR_USART2 = 1 << 17,
    RCC_APB1ENR_PWR = 1 << 28,
    RCC_APB2ENR_USART1 = 1 << 4,
    RCC_APB2ENR_SPI1 = 1 << 12,
    RESET_FLAGS_FORGET = 1 << 24,
    RESET_FLAG_PIN = 1 << 26,
    RESET_FLAG_POWER = 1 << 27,
    RESET_FLAG_SOFTWARE = 1 << 28,
    RESET_FLAG_WATCHDOG = 3 << 29, // both
};
#define RESET_FLAG_LOW_POWER (1U << 31)

// RTC backup registers, 26.6.20
#define RTC_BACKUP ((volatile uint32_t *)0x40002850)

#define IWDG ((struct iwdg *)0x40003000)
#define GPIOA ((struct gpio *)0x40020000)
#define GPIOB ((struct gpio *)0x40020400)
#define USART1 ((struct usart *)0x40011000)
#define USART2 ((struct usart *)0x40004400)
#define SPI1 ((struct spi *)0x40013000)

// What runs at which speed behind updraft_port_start (chip.c), and how it gets its clock.
enum { CPU_HZ = 168000000, USART1_HZ = 84000000, USART2_HZ = 42000000, SPI1_HZ = 84000000 };

static inline void clock_gpioa(void) {
    RCC_AHB1ENR |= RCC_AHB1ENR_GPIOA;
}

static inline void clock_gpiob(void) {
    RCC_AHB1ENR |= RCC_AHB1ENR_GPIOB;
}

static inline void clock_usart1(void) {
    RCC_APB2ENR |= RCC_APB2ENR_USART1;
}

static inline void clock_usart2(void) {
    RCC_APB1ENR |= RCC_APB1ENR_USART2;
}

static inline void clock_spi1(void) {
    RCC_APB2ENR |= RCC_APB2ENR_SPI1;
}

#endif
