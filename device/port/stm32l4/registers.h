// The registers of the STM32L476 that Updraft uses; RM0351 rev 9, section numbers beside each block.
#ifndef UPDRAFT_STM32L4_REGISTERS_H
#define UPDRAFT_STM32L4_REGISTERS_H

#include <stdint.h>

#define SPI_HAS_FIFO 1

#include "stm32/gpio.h"
#include "stm32/iwdg.h"
#include "stm32/spi_v1.h"
#include "stm32/usart_v2.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

// FLASH, 3.7
#define FLASH_ACR REGISTER(0x40022000)
#define FLASH_KEYR REGISTER(0x40022008)
#define FLASH_SR REGISTER(0x40022010)
#define FLASH_CR REGISTER(0x40022014)
#define FLASH_ECCR REGISTER(0x40022018)
enum {
    FLASH_ACR_LATENCY_4 = 4,
    FLASH_ACR_PRFTEN = 1 << 8,
    FLASH_ACR_ICEN = 1 << 9,
    FLASH_ACR_ICRST = 1 << 11,
    FLASH_SR_EOP = 1 << 0,
    FLASH_SR_ERRORS = 0xc3fa, // OPERR, PROGERR, WRPERR, PGAERR, SIZERR, PGSERR, MISERR, FASTERR, RDERR, OPTVERR
    FLASH_SR_BSY = 1 << 16,
    FLASH_CR_PG = 1 << 0,
    FLASH_CR_PER = 1 << 1,
    FLASH_CR_PNB_POSITION = 3,
    FLASH_CR_BKER = 1 << 11,
    FLASH_CR_STRT = 1 << 16,
};
#define FLASH_CR_LOCK (1U << 31)
#define FLASH_ECCR_ECCC (1U << 30)
#define FLASH_ECCR_ECCD (1U << 31)
#define FLASH_KEY_1 0x45670123U
#define FLASH_KEY_2 0xcdef89abU

// PWR, 5.4
#define PWR_CR1 REGISTER(0x40007000)
enum { PWR_CR1_DBP = 1 << 8 };

// RCC, 6.4
#define RCC_CR REGISTER(0x40021000)
#define RCC_CFGR REGISTER(0x40021008)
#define RCC_PLLCFGR REGISTER(0x4002100c)
#define RCC_AHB2RSTR REGISTER(0x4002102c)
#define RCC_APB2RSTR REGISTER(0x40021040)
#define RCC_AHB2ENR REGISTER(0x4002104c)
#define RCC_APB1ENR1 REGISTER(0x40021058)
#define RCC_APB2ENR REGISTER(0x40021060)
#define RESET_FLAGS REGISTER(0x40021094) // RCC_CSR
enum {
    RCC_CR_MSION = 1 << 0,
    RCC_CR_MSIRDY = 1 << 1,
    RCC_CR_HSION = 1 << 8,
    RCC_CR_HSIRDY = 1 << 10,
    RCC_CR_PLLON = 1 << 24,
    RCC_CR_PLLRDY = 1 << 25,
    RCC_CFGR_SW_PLL = 3,
    RCC_CFGR_SWS = 3 << 2,
    RCC_CFGR_SWS_PLL = 3 << 2,
    RCC_AHB2ENR_GPIOA = 1 << 0,
    RCC_AHB2ENR_GPIOB = 1 << 1,
    RCC_APB1ENR1_USART2 = 1 << 17,
    RCC_APB1ENR1_PWR = 1 << 28,
    RCC_APB2ENR_SPI1 = 1 << 12,
    RCC_APB2ENR_USART1 = 1 << 14,
    RESET_FLAGS_FORGET = 1 << 23,
    RESET_FLAG_PIN = 1 << 26,
    RESET_FLAG_POWER = 1 << 27, // brown-out, also at power-on
    RESET_FLAG_SOFTWARE = 1 << 28,
    RESET_FLAG_WATCHDOG = 3 << 29, // both
};
#define RESET_FLAG_LOW_POWER (1U << 31)

// RTC backup registers, 38.6.20
#define RTC_BACKUP ((volatile uint32_t *)0x40002850)

#define IWDG ((struct iwdg *)0x40003000)
#define GPIOA ((struct gpio *)0x48000000)
#define GPIOB ((struct gpio *)0x48000400)
#define USART1 ((struct usart *)0x40013800)
#define USART2 ((struct usart *)0x40004400)
#define SPI1 ((struct spi *)0x40013000)

// What runs at which speed behind updraft_port_start (chip.c), and how it gets its clock.
enum { CPU_HZ = 80000000, USART1_HZ = 80000000, USART2_HZ = 80000000, SPI1_HZ = 80000000 };

static inline void clock_gpioa(void) {
    RCC_AHB2ENR |= RCC_AHB2ENR_GPIOA;
}

static inline void clock_gpiob(void) {
    RCC_AHB2ENR |= RCC_AHB2ENR_GPIOB;
}

static inline void clock_usart1(void) {
    RCC_APB2ENR |= RCC_APB2ENR_USART1;
}

static inline void clock_usart2(void) {
    RCC_APB1ENR1 |= RCC_APB1ENR1_USART2;
}

static inline void clock_spi1(void) {
    RCC_APB2ENR |= RCC_APB2ENR_SPI1;
}

#endif
