/* The watchdog runs, then the core locks up by a fault in the handler of a fault: the chip starts again and again. */
#include "stm32f407.h"

void hard_fault_handler(void) {
  REG(0xF0000000) = 1;
}

int main(void) {
  print("start\n");
  IWDG_KR = 0xCCCC;
  IWDG_KR = 0x5555;
  IWDG_PR = 3;
  IWDG_RLR = 1000;
  IWDG_KR = 0xAAAA;
  REG(0xF0000000) = 1;
  for (;;) {
  }
}
