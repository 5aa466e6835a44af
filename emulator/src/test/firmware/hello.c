/* Exercises newlib: formatted output with floats, the heap, sorting, strings. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b) {
  return *(const int *)a - *(const int *)b;
}

int main(void) {
  int numbers[] = {5, -3, 12, 0, 7, -99, 42};
  qsort(numbers, 7, sizeof numbers[0], compare);
  for (int i = 0; i < 7; i++) {
    printf("%d ", numbers[i]);
  }
  char *text = malloc(100);
  strcpy(text, "hello, ");
  strcat(text, "updraft");
  printf("\n%s %d %.6f %lld %x\n", text, (int)strlen(text), 3.141592653589793 * 2.5, 1234567890123456789LL / 7, 0xDEADBEEFu);
  return strcmp(text, "hello, updraft") == 0 ? 7 : 1;
}
