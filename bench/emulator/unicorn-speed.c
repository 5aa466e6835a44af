// Runs a flash image in libunicorn (Cortex-M4, flash at 0, RAM at 0x20000000, semihosting exit) and prints million instructions a
// second of processor time. Arguments: image, instructions that it takes (counted by QEMU).
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unicorn/unicorn.h>

enum { FLASH = 0, RAM = 0x20000000, FLASH_SIZE = 1 << 20, RAM_SIZE = 512 << 10, SYS_EXIT = 0x18, SYS_EXIT_EXTENDED = 0x20 };

static double cpu_seconds(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)use.ru_utime.tv_sec + (double)use.ru_utime.tv_usec / 1e6;
}

// BKPT 0xAB: only what the workloads call; the others answer "no".
static void semihosting(uc_engine *uc, uint32_t number, void *context) {
    (void)number;
    (void)context;
    uint32_t operation, pc, answer = 0;
    uc_reg_read(uc, UC_ARM_REG_R0, &operation);
    if (operation == SYS_EXIT || operation == SYS_EXIT_EXTENDED) {
        uc_emu_stop(uc);
        return;
    }
    uc_reg_read(uc, UC_ARM_REG_PC, &pc);
    pc = (pc + 2) | 1;
    uc_reg_write(uc, UC_ARM_REG_R0, &answer);
    uc_reg_write(uc, UC_ARM_REG_PC, &pc);
}

static void check(uc_err error, const char *what) {
    if (error != UC_ERR_OK) {
        fprintf(stderr, "unicorn: %s: %s\n", what, uc_strerror(error));
        exit(1);
    }
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "unicorn-speed IMAGE INSTRUCTIONS\n");
        return 2;
    }
    static uint8_t image[FLASH_SIZE];
    FILE *file = fopen(arguments[1], "rb");
    if (!file || fread(image, 1, sizeof image, file) < 8) {
        fprintf(stderr, "unicorn-speed: %s cannot be read\n", arguments[1]);
        return 2;
    }
    fclose(file);
    uc_engine *uc;
    uc_hook hook;
    check(uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &uc), "open");
    check(uc_ctl_set_cpu_model(uc, UC_CPU_ARM_CORTEX_M4), "processor");
    check(uc_mem_map(uc, FLASH, FLASH_SIZE, UC_PROT_ALL), "flash");
    check(uc_mem_map(uc, RAM, RAM_SIZE, UC_PROT_ALL), "RAM");
    check(uc_mem_write(uc, FLASH, image, sizeof image), "image");
    check(uc_hook_add(uc, &hook, UC_HOOK_INTR, semihosting, NULL, 1, 0), "semihosting");
    uint32_t sp = *(uint32_t *)image, start = ((uint32_t *)image)[1];
    uc_reg_write(uc, UC_ARM_REG_SP, &sp);
    double begin = cpu_seconds();
    check(uc_emu_start(uc, start, 0xFFFFFFFE, 0, 0), "run");
    printf("%.0f\n", strtod(arguments[2], NULL) / 1e6 / (cpu_seconds() - begin));
    uc_close(uc);
    return 0;
}
