/* Vectors, startup, console at 115200 baud whatever the clock. */
#include "stm32f407.h"

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];
int main(void);
void reset_handler(void);

static void stay(void) {
  print("unexpected exception\n");
  for (;;) {
  }
}

__attribute__((weak)) void hard_fault_handler(void) {
  stay();
}
__attribute__((weak)) void systick_handler(void) {
  stay();
}
__attribute__((weak)) void usart2_handler(void) {
  stay();
}

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16 + 82] = {
    [0] = (vector)(uintptr_t)stack_top, [1] = reset_handler, [2] = stay, [3] = hard_fault_handler, [15] = systick_handler,
    [16 + IRQ_USART2] = usart2_handler};

static uint32_t console_clock;

static void console(uint32_t apb2) {
  console_clock = apb2;
  RCC_APB2ENR |= 1u << 4;
  USART1->BRR = apb2 / 115200;
  USART1->CR1 = 1u << 13 | 1u << 3 | 1u << 2;
}

void print(const char *text) {
  while (*text) {
    while (!(USART1->SR & 1u << 7)) {
    }
    USART1->DR = (uint8_t)*text++;
  }
  while (!(USART1->SR & 1u << 6)) {
  }
}

void print_hex(uint32_t value) {
  char text[9];
  for (int i = 0; i < 8; i++) {
    text[i] = "0123456789ABCDEF"[value >> (28 - 4 * i) & 15];
  }
  text[8] = 0;
  print(text);
}

void fast_clock(void) {
  RCC_CR |= 1u << 16;
  while (!(RCC_CR & 1u << 17)) {
  }
  FLASH_ACR = 5 | 7u << 8;
  RCC_PLLCFGR = 8 | 336u << 6 | 0u << 16 | 1u << 22 | 7u << 24;
  RCC_CFGR = 5u << 10 | 4u << 13;
  RCC_CR |= 1u << 24;
  while (!(RCC_CR & 1u << 25)) {
  }
  RCC_CFGR |= 2;
  while ((RCC_CFGR & 0xC) != 8) {
  }
  console(84000000);
}

void wait_for_interrupt(void) {
  __asm__ volatile("wfi" ::: "memory");
}

void reset_handler(void) {
  uint32_t *from = data_load;
  for (uint32_t *to = data_start; to < data_end;) {
    *to++ = *from++;
  }
  for (uint32_t *to = bss_start; to < bss_end;) {
    *to++ = 0;
  }
  console(16000000);
  main();
  print("main returned\n");
  for (;;) {
    wait_for_interrupt();
  }
}
