// The C library's memory functions for the bootloader, where size counts: newlib's take 1 KB. Words are copied by
// accesses that need not be aligned, which Cortex-M3, M4 and M7 do in hardware (Armv7-M, A3.2.1).
#include <stddef.h>
#include <stdint.h>

struct word {
    uint32_t value;
} __attribute__((packed, may_alias));

// Without this gcc sees a memcpy in memcpy and calls it.
#define PLAIN __attribute__((optimize("no-tree-loop-distribute-patterns")))

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *a, const void *b, size_t length);
size_t strlen(const char *text);

// Upwards, so good for memmove downwards too.
PLAIN static void *copy_up(void *to, const void *from, size_t length) {
    uint8_t *out = to;
    const uint8_t *in = from;
    for (; length >= 4; length -= 4, out += 4, in += 4)
        ((struct word *)out)->value = ((const struct word *)in)->value;
    while (length-- > 0)
        *out++ = *in++;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t length) {
    return copy_up(to, from, length);
}

PLAIN void *memmove(void *to, const void *from, size_t length) {
    uint8_t *out = to;
    const uint8_t *in = from;
    if (out <= in)
        return copy_up(to, from, length);
    while (length-- > 0)
        out[length] = in[length];
    return to;
}

PLAIN void *memset(void *to, int value, size_t length) {
    uint8_t *out = to;
    while (length-- > 0)
        *out++ = (uint8_t)value;
    return to;
}

PLAIN int memcmp(const void *a, const void *b, size_t length) {
    const uint8_t *left = a, *right = b;
    for (; length > 0; length--, left++, right++)
        if (*left != *right)
            return *left - *right;
    return 0;
}

PLAIN size_t strlen(const char *text) {
    const char *end = text;
    while (*end != '\0')
        end++;
    return (size_t)(end - text);
}
