// The registers of the STM32F4 that Updraft uses; RM0090 rev 19 (F405 to F439), section numbers beside each block.
// RM0368 (F401), RM0383 (F411) and RM0390 (F446) have the same.
#ifndef UPDRAFT_STM32F4_REGISTERS_H
#define UPDRAFT_STM32F4_REGISTERS_H

#include <stdint.h>

#include "updraft_board.h"

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
    FLASH_ACR_LATENCY_2 = 2,
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
enum { PWR_CR_DBP = 1 << 8 };

// RCC, 7.3
#define RCC_CR REGISTER(0x40023800)
#define RCC_PLLCFGR REGISTER(0x40023804)
#define RCC_CFGR REGISTER(0x40023808)
#define RCC_RESET_GPIO REGISTER(0x40023810) // AHB1RSTR
#define RCC_RESET_1 REGISTER(0x40023820)    // APB1RSTR
#define RCC_RESET_2 REGISTER(0x40023824)    // APB2RSTR
#define RCC_RESET_3 REGISTER(0x40023814)    // AHB2RSTR
#define RCC_ENABLE_GPIO REGISTER(0x40023830)
#define RCC_ENABLE_1 REGISTER(0x40023840)
#define RCC_ENABLE_2 REGISTER(0x40023844)
#define RCC_ENABLE_3 REGISTER(0x40023834)
#define RCC_BDCR REGISTER(0x40023870)
#define RESET_FLAGS REGISTER(0x40023874) // RCC_CSR
enum {
    RCC_CR_PLLON = 1 << 24,
    RCC_CR_PLLRDY = 1 << 25,
    RCC_CFGR_SW_PLL = 2,
    RCC_CFGR_SWS = 3 << 2,
    RCC_CFGR_SWS_PLL = 2 << 2,
    RCC_CFGR_PPRE1_2 = 4 << 10,
    RCC_CFGR_PPRE1_4 = 5 << 10,
    RCC_CFGR_PPRE2_2 = 4 << 13,
    RCC_ENABLE_1_PWR = 1 << 28,
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
#define GPIO_BASE 0x40020000

// What runs at which speed behind updraft_port_start (chip.c).
enum { CPU_HZ = UPDRAFT_BOARD_MHZ * 1000000, APB1_HZ = 42000000, APB2_HZ = 84000000 };

#define USART1 ((struct usart *)0x40011000)
#define USART1_GATES 0, 1 << 4, 0
#define USART1_HZ APB2_HZ
#define USART2 ((struct usart *)0x40004400)
#define USART2_GATES 1 << 17, 0, 0
#define USART2_HZ APB1_HZ
#define USART3 ((struct usart *)0x40004800)
#define USART3_GATES 1 << 18, 0, 0
#define USART3_HZ APB1_HZ
#define UART4 ((struct usart *)0x40004c00)
#define UART4_GATES 1 << 19, 0, 0
#define UART4_HZ APB1_HZ
#define UART5 ((struct usart *)0x40005000)
#define UART5_GATES 1 << 20, 0, 0
#define UART5_HZ APB1_HZ
#define USART6 ((struct usart *)0x40011400)
#define USART6_GATES 0, 1 << 5, 0
#define USART6_HZ APB2_HZ
#define SPI1 ((struct spi *)0x40013000)
#define SPI1_GATES 0, 1 << 12, 0
#define SPI1_HZ APB2_HZ
#define SPI2 ((struct spi *)0x40003800)
#define SPI2_GATES 1 << 14, 0, 0
#define SPI2_HZ APB1_HZ
#define SPI3 ((struct spi *)0x40003c00)
#define SPI3_GATES 1 << 15, 0, 0
#define SPI3_HZ APB1_HZ

#include "stm32/gates.h"

#endif
