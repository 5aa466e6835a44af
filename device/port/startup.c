// Vector table and start of C, for bootloader and applications of every port. The linker script sets the symbols.
#include <stdint.h>
#include <string.h>

#include "updraft_board.h"
#include "updraft_boot_info.h"

extern uint32_t updraft_stack_top[], updraft_data_start[], updraft_data_end[], updraft_bss_start[], updraft_bss_end[];
extern const uint32_t updraft_data_load[];

int main(void);
void updraft_reset_handler(void);
void updraft_halt_handler(void);
void updraft_nmi_handler(void) __attribute__((weak, alias("updraft_halt_handler")));
void updraft_fault_handler(void) __attribute__((weak, alias("updraft_halt_handler")));
void updraft_systick_handler(void) __attribute__((weak, alias("updraft_halt_handler")));
void updraft_wifi_handler(void) __attribute__((weak, alias("updraft_halt_handler")));

_Noreturn void updraft_reset_handler(void) {
    memcpy(updraft_data_start, updraft_data_load, (uintptr_t)updraft_data_end - (uintptr_t)updraft_data_start);
    memset(updraft_bss_start, 0, (uintptr_t)updraft_bss_end - (uintptr_t)updraft_bss_start);
    main();
    for (;;) {
    }
}

// An unexpected exception ends here; the watchdog, where it runs, resets the chip.
void updraft_halt_handler(void) {
    for (;;) {
    }
}

typedef void (*handler)(void);

// The interrupts that an application uses are few; the bootloader uses none, and needs no table of them.
__attribute__((section(".vectors"), used)) static const handler vectors[16 + UPDRAFT_INTERRUPTS] = {
    (handler)(uintptr_t)updraft_stack_top,
    updraft_reset_handler,
    updraft_nmi_handler,
    updraft_fault_handler,
    updraft_fault_handler,  // MemManage
    updraft_fault_handler,  // BusFault
    updraft_fault_handler,  // UsageFault
#if UPDRAFT_INTERRUPTS == 0 // the bootloader
    [UPDRAFT_BOOT_INFO_ENTRY] =
        (handler)(UPDRAFT_BOOT_INFO_MAGIC | (UPDRAFT_COMPRESSION ? UPDRAFT_BOOT_UNPACKS : 0) |
                  (UPDRAFT_ENCRYPTION ? UPDRAFT_BOOT_OPENS : 0) | (UPDRAFT_CARD ? UPDRAFT_BOOT_FROM_CARD : 0) |
                  (UPDRAFT_NOR ? UPDRAFT_BOOT_FROM_NOR : 0) | (UPDRAFT_RECOVERY ? UPDRAFT_BOOT_FROM_UART : 0)),
#endif
    [11] = updraft_halt_handler, // SVCall
    [12] = updraft_halt_handler, // DebugMonitor
    [14] = updraft_halt_handler, // PendSV
    [15] = updraft_systick_handler,
#if UPDRAFT_INTERRUPTS > 0
    [16 + UPDRAFT_BOARD_WIFI_IRQ] = updraft_wifi_handler,
#endif
};
