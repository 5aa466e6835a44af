// The registers of the STM32L476 that Updraft uses; RM0351 rev 9, section numbers beside each block.
#ifndef UPDRAFT_STM32L4_REGISTERS_H
#define UPDRAFT_STM32L4_REGISTERS_H

#include <stdint.h>

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
#define RCC_CSR REGISTER(0x40021094)
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
    RCC_APB1ENR1_USART2 = 1 << 17,
    RCC_APB1ENR1_PWR = 1 << 28,
    RCC_APB2ENR_SPI1 = 1 << 12,
    RCC_APB2ENR_USART1 = 1 << 14,
    RCC_CSR_RMVF = 1 << 23,
    RCC_CSR_PINRSTF = 1 << 26,
    RCC_CSR_BORRSTF = 1 << 27, // also at power-on
    RCC_CSR_SFTRSTF = 1 << 28,
    RCC_CSR_IWDGRSTF = 1 << 29,
    RCC_CSR_WWDGRSTF = 1 << 30,
};
#define RCC_CSR_LPWRRSTF (1U << 31)

// RTC backup registers, 38.6.20
#define RTC_BACKUP(index) REGISTER(0x40002850 + 4 * (index))

// IWDG, 36.4
#define IWDG_KR REGISTER(0x40003000)
#define IWDG_PR REGISTER(0x40003004)
#define IWDG_RLR REGISTER(0x40003008)
#define IWDG_SR REGISTER(0x4000300c)
enum { IWDG_FEED = 0xaaaa, IWDG_UNLOCK = 0x5555, IWDG_START = 0xcccc };

// GPIOA, 8.4
#define GPIOA_MODER REGISTER(0x48000000)
#define GPIOA_BSRR REGISTER(0x48000018)
#define GPIOA_AFRL REGISTER(0x48000020)
#define GPIOA_AFRH REGISTER(0x48000024)

// USART, 40.8
struct usart {
    volatile uint32_t cr1, cr2, cr3, brr, gtpr, rtor, rqr, isr, icr, rdr, tdr;
};
#define USART1 ((struct usart *)0x40013800)
#define USART2 ((struct usart *)0x40004400)
enum {
    USART_CR1_UE = 1 << 0,
    USART_CR1_RE = 1 << 2,
    USART_CR1_TE = 1 << 3,
    USART_CR1_RXNEIE = 1 << 5,
    USART_CR3_RTSE = 1 << 8,
    USART_CR3_CTSE = 1 << 9,
    USART_CR3_OVRDIS = 1 << 12, // else a byte that came too soon stops the receiver
    USART_ISR_RXNE = 1 << 5,
    USART_ISR_TC = 1 << 6,
    USART_ISR_TXE = 1 << 7,
};
enum { USART2_IRQ = 38 };

// SPI1, 42.6
#define SPI1_CR1 REGISTER(0x40013000)
#define SPI1_CR2 REGISTER(0x40013004)
#define SPI1_SR REGISTER(0x40013008)
#define SPI1_DR (*(volatile uint8_t *)0x4001300c) // an access of 16 bits would pack two frames
enum {
    SPI_CR1_MSTR = 1 << 2,
    SPI_CR1_BR_POSITION = 3,
    SPI_CR1_SPE = 1 << 6,
    SPI_CR1_SSI = 1 << 8,
    SPI_CR1_SSM = 1 << 9,
    SPI_CR2_DS_8 = 7 << 8,
    SPI_CR2_FRXTH = 1 << 12, // RXNE for each byte
    SPI_SR_RXNE = 1 << 0,
};

#endif
