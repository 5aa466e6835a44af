/* Keeps a counter in sector 5, one word after the other; erases when the sector is full. Prints the counter it found. */
#include "stm32f407.h"

#define SECTOR 0x08020000u
#define WORDS 16u

static void unlock(void) {
  if (FLASH_CR >> 31) {
    FLASH_KEYR = 0x45670123;
    FLASH_KEYR = 0xCDEF89AB;
  }
}

static void wait(void) {
  while (FLASH_SR & 1u << 16) {
  }
}

static void erase(void) {
  FLASH_CR = 2u << 8 | 5u << 3 | 1u << 1;
  FLASH_CR |= 1u << 16;
  wait();
  FLASH_CR = 0;
}

static void program(uint32_t address, uint32_t value) {
  FLASH_CR = 2u << 8 | 1;
  REG(address) = value;
  wait();
  FLASH_CR = 0;
}

int main(void) {
  uint32_t used = 0;
  while (used < WORDS && REG(SECTOR + 4 * used) != 0xFFFFFFFF) {
    used++;
  }
  uint32_t last = used ? REG(SECTOR + 4 * used - 4) : 0;
  print("found ");
  print_hex(last);
  print("\n");
  unlock();
  for (int i = 0; i < 40; i++) {
    if (used == WORDS) {
      erase();
      used = 0;
    }
    program(SECTOR + 4 * used, ++last);
    if (REG(SECTOR + 4 * used) != last) {
      print("verify failed\n");
      return 1;
    }
    used++;
  }
  print("done ");
  print_hex(FLASH_SR);
  print("\n");
  return 0;
}
