/* The registers that the test programs use (RM0090), and what start.c gives them. */
#ifndef STM32F407_H
#define STM32F407_H
#include <stdbool.h>
#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

#define RCC_CR REG(0x40023800)
#define RCC_PLLCFGR REG(0x40023804)
#define RCC_CFGR REG(0x40023808)
#define RCC_AHB1ENR REG(0x40023830)
#define RCC_AHB2ENR REG(0x40023834)
#define RCC_APB1ENR REG(0x40023840)
#define RCC_APB2ENR REG(0x40023844)
#define RCC_CSR REG(0x40023874)

#define FLASH_ACR REG(0x40023C00)
#define FLASH_KEYR REG(0x40023C04)
#define FLASH_SR REG(0x40023C0C)
#define FLASH_CR REG(0x40023C10)

#define PWR_CR REG(0x40007000)
#define RTC_BKP(n) REG(0x40002850 + 4 * (n))
#define IWDG_KR REG(0x40003000)
#define IWDG_PR REG(0x40003004)
#define IWDG_RLR REG(0x40003008)

struct usart {
  volatile uint32_t SR, DR, BRR, CR1, CR2, CR3;
};
#define USART1 ((struct usart *)0x40011000)
#define USART2 ((struct usart *)0x40004400)

struct gpio {
  volatile uint32_t MODER, OTYPER, OSPEEDR, PUPDR, IDR, ODR, BSRR, LCKR, AFRL, AFRH;
};
#define GPIOA ((struct gpio *)0x40020000)
#define GPIOB ((struct gpio *)0x40020400)

struct spi {
  volatile uint32_t CR1, CR2, SR, DR;
};
#define SPI1 ((struct spi *)0x40013000)

#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define NVIC_ISER(n) REG(0xE000E100 + 4 * (n))
#define SCB_AIRCR REG(0xE000ED0C)

#define IRQ_USART2 38

void print(const char *text);
void print_hex(uint32_t value);
void fast_clock(void); /* 168 MHz from the 8 MHz crystal, APB1 42 MHz, APB2 84 MHz */
void wait_for_interrupt(void);
#endif
