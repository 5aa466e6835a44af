// The registers of the STM32L4 that Updraft uses; RM0351 rev 9, section numbers beside each block. The L4+ (RM0432), G4
// (RM0440), WB (RM0434) and WL (RM0453) have the same at places of their own.
#ifndef UPDRAFT_STM32L4_REGISTERS_H
#define UPDRAFT_STM32L4_REGISTERS_H

#include <stdint.h>

#include "updraft_board.h"

#define SPI_HAS_FIFO 1

#include "stm32/gpio.h"
#include "stm32/iwdg.h"
#include "stm32/spi_v1.h"
#include "stm32/usart_v2.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))

#if defined(UPDRAFT_STM32WB) || defined(UPDRAFT_STM32WL)
enum { FLASH_BASE = 0x58004000, PWR_BASE = 0x58000400, RCC_BASE = 0x58000000 };
#else
enum { FLASH_BASE = 0x40022000, PWR_BASE = 0x40007000, RCC_BASE = 0x40021000 };
#endif

// FLASH, 3.7
#define FLASH_ACR REGISTER(FLASH_BASE)
#define FLASH_KEYR REGISTER(FLASH_BASE + 0x08)
#define FLASH_SR REGISTER(FLASH_BASE + 0x10)
#define FLASH_CR REGISTER(FLASH_BASE + 0x14)
#define FLASH_ECCR REGISTER(FLASH_BASE + 0x18)
enum {
    FLASH_ACR_LATENCY_4 = 4, // enough for the fastest of them at the voltage that reset chooses
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
#define PWR_CR1 REGISTER(PWR_BASE)
#define PWR_CR2 REGISTER(PWR_BASE + 0x04)
enum { PWR_CR1_DBP = 1 << 8, PWR_CR2_IOSV = 1 << 9, GPIOG_BIT = 1 << 6 };

// RCC, 6.4
#define RCC_CR REGISTER(RCC_BASE)
#define RCC_CFGR REGISTER(RCC_BASE + 0x08)
#define RCC_PLLCFGR REGISTER(RCC_BASE + 0x0c)
#define RCC_RESET_GPIO REGISTER(RCC_BASE + 0x2c) // AHB2RSTR
#define RCC_RESET_1 REGISTER(RCC_BASE + 0x38)    // APB1RSTR1
#define RCC_RESET_2 REGISTER(RCC_BASE + 0x40)    // APB2RSTR
#define RCC_RESET_3 REGISTER(RCC_BASE + 0x3c)    // APB1RSTR2
#define RCC_ENABLE_GPIO REGISTER(RCC_BASE + 0x4c)
#define RCC_ENABLE_1 REGISTER(RCC_BASE + 0x58)
#define RCC_ENABLE_2 REGISTER(RCC_BASE + 0x60)
#define RCC_ENABLE_3 REGISTER(RCC_BASE + 0x5c)
#define RESET_FLAGS REGISTER(RCC_BASE + 0x94) // RCC_CSR
enum {
    RCC_CR_MSION = 1 << 0,
    RCC_CR_MSIRDY = 1 << 1,
    RCC_CR_HSION = 1 << 8,
    RCC_CR_HSIRDY = 1 << 10,
    RCC_CR_PLLON = 1 << 24,
    RCC_CR_PLLRDY = 1 << 25,
    RCC_CFGR_SW_HSI = 1,
    RCC_CFGR_SW_PLL = 3,
    RCC_CFGR_SWS = 3 << 2,
    RCC_CFGR_SWS_PLL = 3 << 2,
    RCC_ENABLE_1_RTC = 1 << 10, // reserved on the L47x and L48x, and on the WB and WL there is no PWR
    RCC_ENABLE_1_PWR = 1 << 28,
    RESET_FLAGS_FORGET = 1 << 23,
    RESET_FLAG_PIN = 1 << 26,
    RESET_FLAG_POWER = 1 << 27, // brown-out, also at power-on
    RESET_FLAG_SOFTWARE = 1 << 28,
    RESET_FLAG_WATCHDOG = 3 << 29, // both
};
#define RESET_FLAG_LOW_POWER (1U << 31)

// RTC backup registers, 38.6.20; on the G4 and WL they are the tamper unit's
#if defined(UPDRAFT_STM32G4)
#define RTC_BACKUP ((volatile uint32_t *)0x40002500)
#elif defined(UPDRAFT_STM32WL)
#define RTC_BACKUP ((volatile uint32_t *)0x4000b100)
#else
#define RTC_BACKUP ((volatile uint32_t *)0x40002850)
#endif

#define IWDG ((struct iwdg *)0x40003000)
#define GPIO_BASE 0x48000000

// What runs at which speed behind updraft_port_start (chip.c): all at one.
enum { CPU_HZ = UPDRAFT_BOARD_MHZ * 1000000 };

#define USART1 ((struct usart *)0x40013800)
#define USART1_GATES 0, 1 << 14, 0
#define USART1_HZ CPU_HZ
#define USART2 ((struct usart *)0x40004400)
#define USART2_GATES 1 << 17, 0, 0
#define USART2_HZ CPU_HZ
#define USART3 ((struct usart *)0x40004800)
#define USART3_GATES 1 << 18, 0, 0
#define USART3_HZ CPU_HZ
#define UART4 ((struct usart *)0x40004c00)
#define UART4_GATES 1 << 19, 0, 0
#define UART4_HZ CPU_HZ
#define UART5 ((struct usart *)0x40005000)
#define UART5_GATES 1 << 20, 0, 0
#define UART5_HZ CPU_HZ
#define LPUART1 ((struct usart *)0x40008000)
#define LPUART1_GATES 0, 0, 1 << 0
#define LPUART1_HZ CPU_HZ
#define SPI1 ((struct spi *)0x40013000)
#define SPI1_GATES 0, 1 << 12, 0
#define SPI1_HZ CPU_HZ
#define SPI2 ((struct spi *)0x40003800)
#define SPI2_GATES 1 << 14, 0, 0
#define SPI2_HZ CPU_HZ
#define SPI3 ((struct spi *)0x40003c00)
#define SPI3_GATES 1 << 15, 0, 0
#define SPI3_HZ CPU_HZ

#include "stm32/gates.h"

#endif
