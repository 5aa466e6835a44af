// The registers of the STM32F405/407 that Updraft uses; RM0090 rev 19, section numbers beside each block.
#ifndef UPDRAFT_STM32F4_REGISTERS_H
#define UPDRAFT_STM32F4_REGISTERS_H

#include <stdint.h>

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
#define RCC_CSR REGISTER(0x40023874)
enum {
    RCC_CR_PLLON = 1 << 24,
    RCC_CR_PLLRDY = 1 << 25,
    RCC_CFGR_SW_PLL = 2,
    RCC_CFGR_SWS = 3 << 2,
    RCC_CFGR_SWS_PLL = 2 << 2,
    RCC_CFGR_PPRE1_4 = 5 << 10,
    RCC_CFGR_PPRE2_2 = 4 << 13,
    RCC_AHB1ENR_GPIOA = 1 << 0,
    RCC_APB1ENR_USART2 = 1 << 17,
    RCC_APB1ENR_PWR = 1 << 28,
    RCC_APB2ENR_USART1 = 1 << 4,
    RCC_APB2ENR_SPI1 = 1 << 12,
    RCC_CSR_RMVF = 1 << 24,
    RCC_CSR_PINRSTF = 1 << 26,
    RCC_CSR_PORRSTF = 1 << 27,
    RCC_CSR_SFTRSTF = 1 << 28,
    RCC_CSR_IWDGRSTF = 1 << 29,
    RCC_CSR_WWDGRSTF = 1 << 30,
};
#define RCC_CSR_LPWRRSTF (1U << 31)

// RTC backup registers, 26.6.20
#define RTC_BACKUP(index) REGISTER(0x40002850 + 4 * (index))

// IWDG, 21.4
#define IWDG_KR REGISTER(0x40003000)
#define IWDG_PR REGISTER(0x40003004)
#define IWDG_RLR REGISTER(0x40003008)
#define IWDG_SR REGISTER(0x4000300c)
enum { IWDG_FEED = 0xaaaa, IWDG_UNLOCK = 0x5555, IWDG_START = 0xcccc };

// GPIOA, 8.4
#define GPIOA_MODER REGISTER(0x40020000)
#define GPIOA_BSRR REGISTER(0x40020018)
#define GPIOA_AFRL REGISTER(0x40020020)
#define GPIOA_AFRH REGISTER(0x40020024)

// USART, 30.6
struct usart {
    volatile uint32_t sr, dr, brr, cr1, cr2, cr3;
};
#define USART1 ((struct usart *)0x40011000)
#define USART2 ((struct usart *)0x40004400)
enum {
    USART_SR_RXNE = 1 << 5,
    USART_SR_TC = 1 << 6,
    USART_SR_TXE = 1 << 7,
    USART_CR1_RE = 1 << 2,
    USART_CR1_TE = 1 << 3,
    USART_CR1_RXNEIE = 1 << 5,
    USART_CR1_UE = 1 << 13,
    USART_CR3_RTSE = 1 << 8,
    USART_CR3_CTSE = 1 << 9,
};
enum { USART2_IRQ = 38 };

// SPI1, 28.5
#define SPI1_CR1 REGISTER(0x40013000)
#define SPI1_SR REGISTER(0x40013008)
#define SPI1_DR REGISTER(0x4001300c)
enum {
    SPI_CR1_MSTR = 1 << 2,
    SPI_CR1_BR_POSITION = 3,
    SPI_CR1_SPE = 1 << 6,
    SPI_CR1_SSI = 1 << 8,
    SPI_CR1_SSM = 1 << 9,
    SPI_SR_RXNE = 1 << 0,
};

#endif
