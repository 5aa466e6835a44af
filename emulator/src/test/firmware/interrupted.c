/* The mix of mix.c while SysTick interrupts it, at odd moments, and works on memory of its own. */
#define main work
#include "mix.c"
#undef main

#define REG(address) (*(volatile uint32_t *)(address))

static uint32_t ticks, chain = 1;

void systick_handler(void) {
  ticks++;
  for (uint32_t i = 0; i < (ticks & 31); i++) {
    chain = chain * 1664525 + 1013904223;
  }
  REG(0xE000E014) = 500 + (chain >> 20);
  REG(0xE000ED04) = 1u << 28;
}

void pendsv_handler(void) {
  chain ^= ticks << 7;
}

int main(void) {
  REG(0xE000E014) = 997;
  REG(0xE000E018) = 0;
  REG(0xE000E010) = 7;
  work();
  REG(0xE000E010) = 0;
  printf("%lu %08lx\n", ticks, chain);
  return 0;
}
