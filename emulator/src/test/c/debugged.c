/* A program to be debugged, traced and profiled: calls three deep, a variable that is written, a float, and at the end a fault. */
#include "stm32f407.h"

volatile uint32_t counter;
volatile float ratio;

__attribute__((noinline)) uint32_t leaf(uint32_t value) {
  counter = value * 3;
  return counter + 1;
}

__attribute__((noinline)) uint32_t middle(uint32_t value) {
  uint32_t result = leaf(value) + 1;
  ratio = (float)result;
  return result;
}

__attribute__((noinline)) uint32_t read_nothing(void) {
  return *(volatile uint32_t *)0x60000000;
}

int main(void) {
  uint32_t sum = 0;
  for (uint32_t i = 0; i < 20; i++) {
    sum += middle(i);
  }
  print(sum == 610 ? "sum is right\n" : "sum is wrong\n");
  return (int)read_nothing() + 1;
}
