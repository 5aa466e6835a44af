/* Workload: the mix of CoreMark in our own words: a linked list that is searched and sorted, a matrix, a state machine over
 * text, and a CRC over all results. ROUNDS times. */
#include <stdint.h>
#include <stdio.h>

#ifndef ROUNDS
#define ROUNDS 100
#endif

struct item {
  struct item *next;
  int16_t key, value;
};

static struct item items[64];
static int16_t a[12][12], b[12][12];
static int32_t c[12][12];

static uint16_t crc(uint16_t sum, uint32_t value, int bits) {
  for (int i = 0; i < bits; i++, value >>= 1) {
    sum = (uint16_t)((sum ^ value) & 1 ? sum >> 1 ^ 0xA001 : sum >> 1);
  }
  return sum;
}

static int by_key(const struct item *x, const struct item *y) {
  return x->key - y->key;
}

static int by_value(const struct item *x, const struct item *y) {
  return x->value - y->value;
}

static struct item *merge(struct item *x, struct item *y, int (*compare)(const struct item *, const struct item *)) {
  struct item *head = 0, **tail = &head;
  while (x && y) {
    struct item **smaller = compare(x, y) <= 0 ? &x : &y;
    *tail = *smaller;
    tail = &(*smaller)->next;
    *smaller = (*smaller)->next;
  }
  *tail = x ? x : y;
  return head;
}

static struct item *sort(struct item *list, int length, int (*compare)(const struct item *, const struct item *)) {
  if (length < 2) {
    list->next = 0;
    return list;
  }
  struct item *half = list;
  for (int i = 0; i < length / 2; i++) {
    half = half->next;
  }
  struct item *right = sort(half, length - length / 2, compare);
  struct item *left = sort(list, length / 2, compare);
  return merge(left, right, compare);
}

static uint16_t lists(uint16_t seed) {
  for (int i = 0; i < 64; i++) {
    items[i].next = i < 63 ? &items[i + 1] : 0;
    items[i].key = (int16_t)(seed * (i + 3) & 0x7FF);
    items[i].value = (int16_t)(seed ^ i * 37);
  }
  struct item *list = sort(items, 64, by_key);
  uint16_t sum = 0;
  for (struct item *at = list; at; at = at->next) {
    sum = crc(sum, (uint16_t)at->value, 16);
  }
  list = sort(list, 64, by_value);
  for (struct item *at = list; at; at = at->next) {
    sum = crc(sum, (uint16_t)at->key, 16);
  }
  return sum;
}

static uint16_t matrix(int16_t seed) {
  for (int i = 0; i < 12; i++) {
    for (int j = 0; j < 12; j++) {
      a[i][j] = (int16_t)(seed + i * j);
      b[i][j] = (int16_t)(seed - i + j);
    }
  }
  int32_t total = 0;
  for (int i = 0; i < 12; i++) {
    for (int j = 0; j < 12; j++) {
      int32_t sum = 0;
      for (int n = 0; n < 12; n++) {
        sum += a[i][n] * b[n][j];
      }
      c[i][j] = sum;
      total += sum >> 3 & 0x3F;
    }
  }
  return crc(0, (uint32_t)total, 32);
}

enum state { START, SIGN, INTEGER, FRACTION, EXPONENT, WRONG, STATES };

static uint16_t states(uint8_t seed) {
  static const char text[] = "5012,1234,-874,+122,35.54400,.1234500,-110.700,+0.64400,5.500e+3,-.123e-2,-87e+832,T0.3e-1F,-T.T++Tq";
  uint32_t seen[STATES] = {0};
  enum state state = START;
  for (int i = 0; text[i]; i++) {
    char ch = (char)(i % 7 == 3 ? text[i] ^ (seed & 1) : text[i]);
    if (ch == ',') {
      state = START;
    } else {
      switch (state) {
      case START: state = ch == '-' || ch == '+' ? SIGN : ch == '.' ? FRACTION : ch >= '0' && ch <= '9' ? INTEGER : WRONG; break;
      case SIGN: state = ch == '.' ? FRACTION : ch >= '0' && ch <= '9' ? INTEGER : WRONG; break;
      case INTEGER: state = ch == '.' ? FRACTION : ch == 'e' ? EXPONENT : ch >= '0' && ch <= '9' ? INTEGER : WRONG; break;
      case FRACTION: state = ch == 'e' ? EXPONENT : ch >= '0' && ch <= '9' ? FRACTION : WRONG; break;
      case EXPONENT: state = (ch >= '0' && ch <= '9') || ch == '+' || ch == '-' ? EXPONENT : WRONG; break;
      default: break;
      }
    }
    seen[state]++;
  }
  uint16_t sum = 0;
  for (int i = 0; i < STATES; i++) {
    sum = crc(sum, seen[i], 16);
  }
  return sum;
}

int main(void) {
  uint16_t sum = 0;
  for (int round = 0; round < ROUNDS; round++) {
    sum = crc(sum, lists((uint16_t)(round + sum)), 16);
    sum = crc(sum, matrix((int16_t)round), 16);
    sum = crc(sum, states((uint8_t)round), 16);
  }
  printf("%04x\n", sum);
  return 0;
}
