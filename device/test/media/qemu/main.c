// The SD driver and the FAT reader on a Cortex-M3 in QEMU (board lm3s6965evb: PL022 SPI controller, SD card behind it):
// mounts the card, writes the content of UPDATE.UPD and of LARGE.UPD to the host, then overwrites a piece of
// UPDATE.UPD. Registers: LM3S6965 data sheet, chapters 8 (GPIO) and 14 (SSI); semihosting: Arm IHI 0100.
#include <stdint.h>
#include <string.h>

#include "media/fat.h"
#include "media/sd_spi.h"

#define REGISTER(address) (*(volatile uint32_t *)(address))
#define RCGC1 REGISTER(0x400FE104)
#define RCGC2 REGISTER(0x400FE108)
#define GPIO_D_0 REGISTER(0x40007004) // data, masked to pin 0: the card's chip select
#define GPIO_D_DIR REGISTER(0x40007400)
#define GPIO_D_DEN REGISTER(0x4000751C)
#define SSI_CR0 REGISTER(0x40008000)
#define SSI_CR1 REGISTER(0x40008004)
#define SSI_DR REGISTER(0x40008008)
#define SSI_SR REGISTER(0x4000800C)
#define SSI_CPSR REGISTER(0x40008010)

enum { SYS_OPEN = 1, SYS_CLOSE = 2, SYS_WRITE0 = 4, SYS_WRITE = 5, SYS_EXIT_EXTENDED = 0x20 };
enum { SSI_NOT_FULL = 2, SSI_NOT_EMPTY = 4 };

static uint32_t host(uint32_t operation, const void *argument) {
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static void finish(const char *why, uint32_t code) {
    host(SYS_WRITE0, why);
    const uint32_t exit_block[2] = {0x20026, code}; // ADP_Stopped_ApplicationExit
    host(SYS_EXIT_EXTENDED, exit_block);
    for (;;) {
    }
}

static void transfer(void *context, const uint8_t *out, uint8_t *in, size_t length) {
    (void)context;
    for (size_t i = 0; i < length; i++) {
        while (!(SSI_SR & SSI_NOT_FULL)) {
        }
        SSI_DR = out != NULL ? out[i] : 0xFF;
        while (!(SSI_SR & SSI_NOT_EMPTY)) {
        }
        uint32_t got = SSI_DR;
        if (in != NULL)
            in[i] = (uint8_t)got;
    }
}

static void select(void *context, bool selected) {
    (void)context;
    GPIO_D_0 = selected ? 0 : 1;
}

static uint32_t clock(void *context, uint32_t limit_hz) {
    (void)context;
    uint32_t divisor = 12500000 / limit_hz + 1;
    SSI_CR1 = 0;
    SSI_CPSR = divisor < 2 ? 2 : (divisor + 1) & ~1u;
    SSI_CR1 = 2; // enabled, master
    return limit_hz;
}

static struct updraft_sd_card card;

static bool read_block(void *context, uint32_t block, uint8_t *data) {
    (void)context;
    return updraft_sd_card_read(&card, block, data) == UPDRAFT_SD_CARD_OK;
}

static bool write_block(void *context, uint32_t block, const uint8_t *data) {
    (void)context;
    return updraft_sd_card_write(&card, block, data) == UPDRAFT_SD_CARD_OK;
}

static uint8_t sector[UPDRAFT_FAT_SECTOR], buffer[1000];

static void copy_out(struct updraft_fat_volume *volume, const char *name, const char *path) {
    struct updraft_fat_file file;
    if (updraft_fat_open(volume, name, 10000000, &file) != UPDRAFT_FAT_OK)
        finish("cannot open a file\n", 3);
    const uint32_t open_block[3] = {(uint32_t)(uintptr_t)path, 5, (uint32_t)strlen(path)}; // "wb"
    uint32_t handle = host(SYS_OPEN, open_block);
    for (uint32_t at = 0, part; at < file.size; at += part) {
        part = file.size - at < sizeof buffer ? file.size - at : sizeof buffer;
        if (updraft_fat_read(volume, &file, at, buffer, part) != UPDRAFT_FAT_OK)
            finish("cannot read a file\n", 4);
        const uint32_t write_block_[3] = {handle, (uint32_t)(uintptr_t)buffer, part};
        if (host(SYS_WRITE, write_block_) != 0)
            finish("the host does not take the content\n", 5);
    }
    host(SYS_CLOSE, &handle);
}

static void run(void) {
    RCGC1 |= 1u << 4; // SSI0
    RCGC2 |= 1u << 3; // port D
    GPIO_D_DIR |= 1;
    GPIO_D_DEN |= 1;
    SSI_CR0 = 7; // 8 bits, mode 0
    const struct updraft_spi_bus bus = {NULL, transfer, select, clock};
    select(NULL, false);
    if (updraft_sd_card_init(&card, &bus) != UPDRAFT_SD_CARD_OK)
        finish("no card\n", 1);
    struct updraft_fat_volume volume = {.read = read_block, .write = write_block, .sector = sector};
    if (updraft_fat_mount(&volume) != UPDRAFT_FAT_OK)
        finish("no volume\n", 2);
    copy_out(&volume, "UPDATE  UPD", "update.out");
    copy_out(&volume, "LARGE   UPD", "large.out");
    struct updraft_fat_file file;
    memset(buffer, 'W', sizeof buffer);
    if (updraft_fat_open(&volume, "UPDATE  UPD", 1000000, &file) != UPDRAFT_FAT_OK ||
        updraft_fat_write(&volume, &file, 12345, buffer, sizeof buffer) != UPDRAFT_FAT_OK) {
        finish("cannot write a file\n", 6);
    }
    copy_out(&volume, "UPDATE  UPD", "written.out");
    finish(card.byte_addressed ? "byte addresses\n" : "block addresses\n", 0);
}

extern uint32_t stack_top[], data_load[], data_start[], data_end[], bss_start[], bss_end[];

static void reset(void) {
    memcpy(data_start, data_load, (size_t)((char *)data_end - (char *)data_start));
    memset(bss_start, 0, (size_t)((char *)bss_end - (char *)bss_start));
    run();
}

static void fault(void) {
    finish("fault\n", 7);
}

__attribute__((section(".vectors"), used)) static const void *const vectors[] = {
    stack_top,           (const void *)reset, (const void *)fault, (const void *)fault,
    (const void *)fault, (const void *)fault, (const void *)fault};
