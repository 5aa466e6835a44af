/* Timers, interrupts from pins raised by software, an empty I2C bus, a conversion, the calendar, a SysTick that counts once, a reserved register. */
#include "stm32f407.h"

#define TIM2(offset) REG(0x40000000 + (offset))
#define TIM6(offset) REG(0x40001000 + (offset))
#define EXTI(offset) REG(0x40013C00 + (offset))
#ifndef I2C1
#define I2C1(offset) REG(0x40005400 + (offset))
#endif
#define ADC1(offset) REG(0x40012000 + (offset))
#define RTC(offset) REG(0x40002800 + (offset))

static volatile uint32_t ticks;

void systick_handler(void) {
  ticks++;
}

static void say(const char *what, uint32_t value) {
  print(what);
  print_hex(value);
  print("\n");
}

static void timers(void) {
  RCC_APB1ENR |= 1u << 0 | 1u << 4;
  TIM2(0x28) = 15; /* 16 MHz / 16 */
  TIM2(0x14) = 1;  /* the prescaler takes effect */
  TIM6(0x28) = 15999;
  TIM6(0x2C) = 9; /* 10 ms */
  TIM6(0x14) = 1;
  TIM6(0x10) = 0;
  TIM6(0x0C) = 1; /* its update asks for interrupt 54, which stays pending: it is not enabled */
  TIM2(0x00) = 1;
  TIM6(0x00) = 1 | 1u << 3; /* once */
  while (!(TIM6(0x10) & 1)) {
  }
  uint32_t microseconds = TIM2(0x24);
  say("TIM2 counted about 10000 us: ", microseconds >= 9990 && microseconds < 10050);
  say("TIM6 stands: ", TIM6(0x00) & 1);
  say("pending: ", REG(0xE000E200 + 4) >> (54 - 32) & 1);
}

static void pins(void) {
  EXTI(0x00) = 1u << 7;
  EXTI(0x10) = 1u << 7; /* SWIER */
  say("EXTI9_5 pending: ", REG(0xE000E200) >> 23 & 1);
  EXTI(0x14) = 1u << 7;
  say("EXTI.PR: ", EXTI(0x14));
}

static void bus(void) {
  RCC_APB1ENR |= 1u << 21;
  I2C1(0x00) = 1;
  I2C1(0x00) = 1 | 1u << 8;
  say("I2C start: ", I2C1(0x14));
  I2C1(0x10) = 0xA0;
  say("nobody acknowledges: ", I2C1(0x14));
}

static void calendar(void) {
  RCC_APB1ENR |= 1u << 28;
  PWR_CR |= 1u << 8;
  RTC(0x24) = 0xCA;
  RTC(0x24) = 0x53;
  RTC(0x0C) = 1u << 7;
  while (!(RTC(0x0C) & 1u << 6)) {
  }
  RTC(0x04) = 0x261129;
  RTC(0x00) = 0x235959;
  RTC(0x0C) = 0;
  RCC_APB1ENR |= 1u << 0;
  TIM2(0x24) = 0;
  while (TIM2(0x24) < 1100000) {
  }
  say("the next day: ", RTC(0x00));
  say("on a Monday: ", RTC(0x04));
}

static uint32_t once(void) {
  ticks = 0;
  SYST_RVR = 16000;
  SYST_CVR = 0;
  SYST_RVR = 0;
  for (volatile int i = 0; i < 20000; i++) {
  }
  return ticks;
}

int main(void) {
  timers();
  pins();
  bus();
  RCC_APB2ENR |= 1u << 8;
  ADC1(0x08) = 1;
  ADC1(0x08) = 1 | 1u << 30;
  say("conversion: ", ADC1(0x00) & 2);
  say("level: ", ADC1(0x4C));
  calendar();
  SYST_CSR = 7;
  say("SysTick once: ", once());
  say("and again: ", once());
  SYST_CSR = 0;
  say("reserved: ", REG(0x40007020)); /* PWR has two registers */
  print("done\n");
  for (;;) {
  }
}
