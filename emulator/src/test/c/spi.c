/* The SPI NOR flash (PB0) and the SD card (PA4) on SPI1: identifies, erases, programs, reads both. */
#include "stm32f407.h"

static uint8_t swap(uint8_t value) {
  while (!(SPI1->SR & 2)) {
  }
  SPI1->DR = value;
  while (!(SPI1->SR & 1)) {
  }
  return (uint8_t)SPI1->DR;
}

static void nor(bool on) {
  GPIOB->BSRR = on ? 1u << 16 : 1u;
}

static void card(bool on) {
  GPIOA->BSRR = on ? 1u << 20 : 1u << 4;
}

static void nor_command(uint8_t command) {
  nor(true);
  swap(command);
  nor(false);
}

static void nor_wait(void) {
  nor(true);
  swap(0x05);
  while (swap(0xFF) & 1) {
  }
  nor(false);
}

static uint8_t sd(uint8_t command, uint32_t argument, uint8_t crc) {
  swap(0xFF);
  swap(0x40 | command);
  for (int shift = 24; shift >= 0; shift -= 8) {
    swap((uint8_t)(argument >> shift));
  }
  swap(crc);
  uint8_t answer = 0xFF;
  for (int i = 0; i < 9 && answer & 0x80; i++) {
    answer = swap(0xFF);
  }
  return answer;
}

int main(void) {
  fast_clock();
  RCC_AHB1ENR |= 3;
  RCC_APB2ENR |= 1u << 12;
  nor(false);
  card(false);
  GPIOA->MODER |= 1u << 8;
  GPIOB->MODER |= 1u << 0;
  SPI1->CR1 = 1u << 9 | 1u << 8 | 1u << 6 | 1u << 2 | 1u << 3;

  nor(true);
  swap(0x9F);
  uint32_t id = (uint32_t)swap(0) << 16;
  id |= (uint32_t)swap(0) << 8;
  id |= swap(0);
  nor(false);
  print("nor ");
  print_hex(id);
  nor_command(0x06);
  nor(true);
  swap(0x02);
  swap(0x00);
  swap(0x10);
  swap(0xFE); /* two bytes reach the page's end, the others wrap to its start */
  for (uint8_t i = 1; i <= 4; i++) {
    swap(i);
  }
  nor(false);
  nor_wait();
  nor(true);
  swap(0x03);
  swap(0x00);
  swap(0x10);
  swap(0xFE);
  uint32_t page = (uint32_t)swap(0) << 8;
  page |= swap(0);
  nor(false);
  nor_command(0x06);
  nor(true);
  swap(0x20);
  swap(0x00);
  swap(0x10);
  swap(0x00);
  nor(false);
  nor_wait();
  nor(true);
  swap(0x03);
  swap(0x00);
  swap(0x10);
  swap(0x00);
  print(" page ");
  print_hex(page);
  print(" erased ");
  print_hex(swap(0));
  nor(false);

  for (int i = 0; i < 10; i++) {
    swap(0xFF);
  }
  card(true);
  uint32_t steps = sd(0, 0, 0x95);
  steps = steps << 8 | sd(8, 0x1AA, 0x87);
  for (int i = 0; i < 4; i++) {
    swap(0xFF);
  }
  uint8_t ready = 1;
  for (int i = 0; i < 100 && ready; i++) {
    sd(55, 0, 0x65);
    ready = sd(41, 1u << 30, 0x77);
  }
  steps = steps << 8 | ready;
  steps = steps << 8 | sd(17, 3 * 512, 1);
  while (swap(0xFF) != 0xFE) {
  }
  uint32_t sum = 0;
  for (int i = 0; i < 512; i++) {
    sum += swap(0xFF);
  }
  uint32_t crc = (uint32_t)swap(0xFF) << 8;
  crc |= swap(0xFF);
  print("\nsd ");
  print_hex(steps);
  print(" sum ");
  print_hex(sum);
  print(" crc ");
  print_hex(crc);
  sd(24, 4 * 512, 1);
  swap(0xFF);
  swap(0xFE);
  for (int i = 0; i < 514; i++) {
    swap((uint8_t)i);
  }
  uint32_t accepted = swap(0xFF) & 0x1F;
  uint32_t busy = 0;
  while (swap(0xFF) != 0xFF) {
    busy = 1;
  }
  card(false);
  print(" write ");
  print_hex(accepted << 8 | busy);
  print("\n");
  return 0;
}
