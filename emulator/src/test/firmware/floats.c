/* Single-precision arithmetic in hardware, its corner cases, and interrupts in the middle of it (lazy stacking). */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define REG(address) (*(volatile uint32_t *)(address))

static volatile float inside = 1;
static volatile uint32_t ticks, state = 12345;

void systick_handler(void) {
  ticks++;
  if (ticks & 1) {
    inside = inside * 1.0009765625f + 0.5f;
  }
}

void svc_handler(void) {
  inside += 1;
}

static uint32_t bits(float value) {
  uint32_t out;
  memcpy(&out, &value, 4);
  return out;
}

static uint32_t hash(uint32_t sum, uint32_t value) {
  return (sum ^ value) * 16777619u;
}

static float random_float(void) {
  static const uint32_t odd[] = {0, 0x80000000, 0x7F800000, 0xFF800000, 0x3F800000, 0xBF800000, 0x7F7FFFFF, 1, 0x00800000, 0x4F000000, 0xCF000000};
  state = state * 1664525 + 1013904223;
  uint32_t value = state >> 28 == 0 ? odd[(state >> 8) % 11] : (state & 0x807FFFFF) | ((state >> 5 & 63) + 96) << 23;
  float out;
  memcpy(&out, &value, 4);
  return out;
}

int main(void) {
  uint32_t sum[12] = {0};
  for (int round = 0; round < 20000; round++) {
    volatile float a = random_float(), b = random_float(), c = random_float();
    sum[0] = hash(sum[0], bits(a + b));
    sum[1] = hash(sum[1], bits(a - b));
    sum[2] = hash(sum[2], bits(a * b));
    sum[3] = hash(sum[3], bits(a / b) == 0xFFC00000 ? 0x7FC00000 : bits(a / b));
    sum[4] = hash(sum[4], bits(__builtin_fmaf(a, b, c)));
    sum[5] = hash(sum[5], bits(__builtin_sqrtf(a < 0 ? -a : a)));
    sum[6] = hash(sum[6], (uint32_t)(int32_t)a);
    sum[7] = hash(sum[7], (uint32_t)b);
    sum[8] = hash(sum[8], bits((float)(int32_t)state) ^ bits((float)state));
    sum[9] = hash(sum[9], (uint32_t)((a < b) | (a > b) << 1 | (a == b) << 2 | (a <= c) << 3 | __builtin_isunordered(a, c) << 4));
    sum[10] = hash(sum[10], bits(-__builtin_fmaf(a, b, c)) ^ bits(c - a * b));
    sum[11] = hash(sum[11], bits(fabsf(a)));
  }
  for (int i = 0; i < 12; i++) {
    printf("%08lx ", sum[i]);
  }
  float x = 1.5f, y = 2.25f;
  __asm__ volatile("svc 0" ::: "memory");
  x = x * y + inside;
  printf("\n%08lx\n", bits(x));
  REG(0xE000E014) = 313;
  REG(0xE000E018) = 0;
  REG(0xE000E010) = 7;
  float total = 0;
  for (int i = 1; i < 20000; i++) {
    total += 1.0f / (float)i;
  }
  REG(0xE000E010) = 0;
  float expected = 0;
  for (int i = 1; i < 20000; i++) {
    expected += 1.0f / (float)i;
  }
  printf("%s %08lx\n", bits(total) == bits(expected) ? "undisturbed" : "disturbed", bits(total));
  return 0;
}
