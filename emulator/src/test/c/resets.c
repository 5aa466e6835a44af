/* Counts its starts in a backup register: power-on, then a software reset, then the watchdog bites. */
#include "stm32f407.h"

int main(void) {
  RCC_APB1ENR |= 1u << 28;
  RTC_BKP(0) = 99; /* has no effect: the backup domain is write-protected */
  PWR_CR |= 1u << 8;
  uint32_t starts = RTC_BKP(0);
  RTC_BKP(0) = starts + 1;
  print("start ");
  print_hex(starts);
  print(" because ");
  print_hex(RCC_CSR & 0xFE000000);
  print("\n");
  RCC_CSR |= 1u << 24;
  if (starts == 0) {
    SCB_AIRCR = 0x05FA0004;
  }
  if (starts == 1) {
    IWDG_KR = 0xCCCC;
    IWDG_KR = 0x5555;
    IWDG_PR = 3; /* 32 kHz / 32 = 1 ms */
    IWDG_RLR = 499;
    IWDG_KR = 0xAAAA;
    fast_clock();
    for (;;) {
    }
  }
  return 0;
}
