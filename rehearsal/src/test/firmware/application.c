// Applications as people ship them by mistake, and one that works; -DDOES=... chooses. For the STM32F407 and L476.
#include <stdint.h>

enum { WORKS, HANGS, STARVES, SETS_VTOR, FAULTS, RESETS, TOUCHES, TOUCHES_AND_STARVES, SLEEPS };

extern uint32_t stack_top;
void reset_handler(void);

static void feed(void) {
    *(volatile uint32_t *)0x40003000 = 0xAAAA; // IWDG_KR, RM0090 21.4.1
}

__attribute__((noreturn)) static void stop(void) {
    for (;;) {
    }
}

__attribute__((section(".vectors"), used)) void *const vectors[16] = {
    &stack_top, reset_handler, stop, stop, stop, stop, stop,
};

void reset_handler(void) {
    switch (DOES) {
    case HANGS: stop();
    case STARVES:
        for (volatile uint32_t i = 0;; i++) {
        }
    case SETS_VTOR: *(volatile uint32_t *)0xE000ED08 = 0x08000000; break;
    case FAULTS: *(volatile uint32_t *)0xDFFFFFF0 = 1; break;
    case RESETS: *(volatile uint32_t *)0xE000ED0C = 0x05FA0004; break;
    case TOUCHES: (void)*(volatile uint32_t *)0x40028000; break; // the F407's Ethernet MAC
    case TOUCHES_AND_STARVES:
        (void)*(volatile uint32_t *)0x40028000;
        for (volatile uint32_t i = 0;; i++) {
        }
    case SLEEPS:
        for (;;)
            __asm volatile("wfi");
    default: break;
    }
    for (;;)
        feed();
}
