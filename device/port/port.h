// What each port gives to the bootloader and the example, beside its flash map (core/updraft_layout.h) and the backup
// registers (core/updraft_request.h).
#ifndef UPDRAFT_PORT_H
#define UPDRAFT_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "updraft_flash.h"
#include "updraft_request.h"

// The chip's flash: geometry and driver.
extern const struct updraft_flash updraft_port_flash;

// Clock to full speed, access to the backup domain. Called first.
void updraft_port_start(void);

// Why the chip was last reset. The flags stay until updraft_port_forget_reset_cause.
enum updraft_reset_cause updraft_port_reset_cause(void);
void updraft_port_forget_reset_cause(void);

// Starts the independent watchdog; it cannot be stopped and lives through resets of the core. At most 32 s.
void updraft_port_watchdog_start(uint32_t milliseconds);
// Feeds it; harmless when it does not run.
void updraft_port_watchdog_feed(void);

_Noreturn void updraft_port_reset(void);

// May an image start with these first two words of its vector table? Its stack must be in RAM, and its reset handler
// Thumb code among the `size` bytes at `code`.
bool updraft_port_can_start(uint32_t stack, uint32_t entry, uint32_t code, uint32_t size);

// Puts the chip back as a reset leaves it (clock, interrupts, SysTick) and jumps into the image whose vector table
// stands there and begins with `stack` and `entry`.
_Noreturn void updraft_port_start_image(uint32_t vector_table, uint32_t stack, uint32_t entry);

// True once for each tenth of a second that went by, roughly. For the bootloader, which has no interrupts.
bool updraft_port_ticked(void);

// Console: 115200 8N1, waits until the text is out.
void updraft_port_console_start(void);
void updraft_port_console_write(const char *text, size_t length);
// One byte that came in, or -1.
int updraft_port_console_read(void);

// The SPI buses of the SD card slot and of the external SPI NOR flash (media/spi.h); a board without one defines none,
// and builds its bootloader with CARD=0 or NOR=0. Also for applications.
struct updraft_spi_bus;
extern const struct updraft_spi_bus updraft_port_card, updraft_port_nor;
// That of a W5500, for applications.
extern const struct updraft_spi_bus updraft_port_ethernet;

// The rest is for applications.

// Milliseconds since updraft_port_tick_start, wrapping at 2^32.
void updraft_port_tick_start(void);
uint32_t updraft_port_millis(void);
// Sleeps until the next interrupt (at the latest the next millisecond).
void updraft_port_sleep(void);

// The UART of the Wi-Fi module: interrupt-driven receiver, RTS held off while its buffer is full or the processor
// stands still.
void updraft_port_wifi_start(uint32_t baud);
void updraft_port_wifi_write(const uint8_t *data, size_t length);
// Takes what has come in, up to `size` bytes, without waiting.
size_t updraft_port_wifi_read(uint8_t *data, size_t size);

#endif
