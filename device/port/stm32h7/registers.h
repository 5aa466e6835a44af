// The registers of the STM32H74x and H75x that Updraft uses; RM0433 rev 8, section numbers beside each block. The H72x
// and H73x (RM0468) have the same.
#ifndef UPDRAFT_STM32H7_REGISTERS_H
#define UPDRAFT_STM32H7_REGISTERS_H

#include <stdint.h>

#include "updraft_board.h"

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
#define RCC_RESET_GPIO REGISTER(0x58024488) // AHB4RSTR
#define RCC_RESET_1 REGISTER(0x58024490)    // APB1LRSTR
#define RCC_RESET_2 REGISTER(0x58024498)    // APB2RSTR
#define RCC_RESET_3 REGISTER(0x5802449c)    // APB4RSTR
#define RCC_ENABLE_GPIO REGISTER(0x580244e0)
#define RCC_ENABLE_1 REGISTER(0x580244e8)
#define RCC_ENABLE_2 REGISTER(0x580244f0)
#define RCC_ENABLE_3 REGISTER(0x580244f4)
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
    RCC_ENABLE_3_RTC = 1 << 16,
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
#define GPIO_BASE 0x58020000

// What runs at which speed behind updraft_port_start (chip.c).
enum { CPU_HZ = UPDRAFT_BOARD_MHZ * 1000000, APB_HZ = CPU_HZ / 4, PLL1_Q_HZ = CPU_HZ / 4 };

#define USART1 ((struct usart *)0x40011000)
#define USART1_GATES 0, 1 << 4, 0
#define USART1_HZ APB_HZ
#define USART2 ((struct usart *)0x40004400)
#define USART2_GATES 1 << 17, 0, 0
#define USART2_HZ APB_HZ
#define USART3 ((struct usart *)0x40004800)
#define USART3_GATES 1 << 18, 0, 0
#define USART3_HZ APB_HZ
#define UART4 ((struct usart *)0x40004c00)
#define UART4_GATES 1 << 19, 0, 0
#define UART4_HZ APB_HZ
#define UART5 ((struct usart *)0x40005000)
#define UART5_GATES 1 << 20, 0, 0
#define UART5_HZ APB_HZ
#define USART6 ((struct usart *)0x40011400)
#define USART6_GATES 0, 1 << 5, 0
#define USART6_HZ APB_HZ
#define UART7 ((struct usart *)0x40007800)
#define UART7_GATES 1 << 30, 0, 0
#define UART7_HZ APB_HZ
#define UART8 ((struct usart *)0x40007c00)
#define UART8_GATES 1U << 31, 0, 0
#define UART8_HZ APB_HZ
#define SPI1 ((struct spi *)0x40013000)
#define SPI1_GATES 0, 1 << 12, 0
#define SPI1_HZ PLL1_Q_HZ
#define SPI2 ((struct spi *)0x40003800)
#define SPI2_GATES 1 << 14, 0, 0
#define SPI2_HZ PLL1_Q_HZ
#define SPI3 ((struct spi *)0x40003c00)
#define SPI3_GATES 1 << 15, 0, 0
#define SPI3_HZ PLL1_Q_HZ

#include "stm32/gates.h"

#endif
