// Applies the patch that is linked in to the old image that is linked in, into RAM; bench/delta/instructions counts
// what that takes.
#include <stdint.h>
#include <string.h>

#include "updraft_delta.h"

extern const uint8_t old_start[], old_end[], patch_start[], patch_end[];
extern uint32_t _estack[];

#define MADE ((uint8_t *)0x24000000) // AXI SRAM, 512 KB

static struct updraft_delta delta;

static enum updraft_status read_patch(void *context, uint32_t offset, uint8_t *data, uint32_t size, uint32_t *got) {
    (void)context;
    uint32_t all = (uint32_t)(patch_end - patch_start), left = offset < all ? all - offset : 0;
    *got = left < size ? left : size;
    memcpy(data, patch_start + offset, *got);
    return UPDRAFT_OK;
}

static enum updraft_status read_old(void *context, uint32_t offset, uint8_t *data, uint32_t size) {
    (void)context;
    memcpy(data, old_start + offset, size);
    return UPDRAFT_OK;
}

static enum updraft_status read_new(void *context, uint32_t offset, uint8_t *data, uint32_t size) {
    (void)context;
    memcpy(data, MADE + offset, size);
    return UPDRAFT_OK;
}

static enum updraft_status write_new(void *context, uint32_t offset, const uint8_t *data, uint32_t size) {
    (void)context;
    memcpy(MADE + offset, data, size);
    return UPDRAFT_OK;
}

void done(enum updraft_status status);
__attribute__((noinline)) void done(enum updraft_status status) {
    __asm volatile("" ::"r"(status));
    for (;;) {
        __asm volatile("wfi");
    }
}

void apply(void);
__attribute__((noinline)) void apply(void) {
    static const struct updraft_delta_port port = {0, read_patch, read_old, read_new, write_new};
    enum updraft_status status = updraft_delta_open(&delta, &port);
    while (status == UPDRAFT_OK && !updraft_delta_done(&delta)) {
        status = updraft_delta_frame(&delta);
    }
    done(status);
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {(void (*)(void))(uintptr_t)_estack,
                                                                                     apply};
