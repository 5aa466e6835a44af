/* Startup and the system calls that newlib asks for, on semihosting. */
#include <stdint.h>
#include <sys/stat.h>

extern uint32_t data_start[], data_end[], data_load[], bss_start[], bss_end[], stack_top[];
extern char end[];
int main(int argc, char **argv);
void exit(int status);
void reset_handler(void);

static int host(int operation, const void *argument) {
  register int r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
  return r0;
}

void _exit(int status) {
  uint32_t block[2] = {0x20026, (uint32_t)status};
  host(0x20, block);
  for (;;) {
  }
}

__attribute__((weak)) void fault_handler(void) {
  _exit(139);
}

__attribute__((weak)) void svc_handler(void) {
  fault_handler();
}

__attribute__((weak)) void pendsv_handler(void) {
  fault_handler();
}

__attribute__((weak)) void systick_handler(void) {
  fault_handler();
}

__attribute__((weak)) void irq_handler(void) {
  fault_handler();
}

typedef void (*vector)(void);
__attribute__((section(".vectors"), used)) static const vector vectors[16 + 16] = {
    (vector)(uintptr_t)stack_top, reset_handler, fault_handler, fault_handler, fault_handler, fault_handler, fault_handler, 0, 0, 0, 0,
    svc_handler, 0, 0, pendsv_handler, systick_handler, irq_handler, irq_handler, irq_handler, irq_handler, irq_handler, irq_handler,
    irq_handler, irq_handler, irq_handler, irq_handler, irq_handler, irq_handler, irq_handler, irq_handler, irq_handler, irq_handler};

void reset_handler(void) {
#ifdef __ARM_FP
  *(volatile uint32_t *)0xE000ED88 |= 0xF << 20; /* CPACR: full access to the FPU */
  __asm__ volatile("dsb\n isb");
#endif
  uint32_t *from = data_load;
  for (uint32_t *to = data_start; to < data_end;) {
    *to++ = *from++;
  }
  for (uint32_t *to = bss_start; to < bss_end;) {
    *to++ = 0;
  }
  exit(main(0, 0));
}

int _write(int file, const char *text, int length) {
  (void)file;
  static int console;
  if (console == 0) {
    uint32_t name[3] = {(uint32_t)(uintptr_t) ":tt", 4, 3};
    console = host(1, name);
  }
  uint32_t block[3] = {(uint32_t)console, (uint32_t)(uintptr_t)text, (uint32_t)length};
  return length - host(5, block);
}

void *_sbrk(int bytes) {
  static char *top = end;
  char *before = top;
  char *limit = (char *)__builtin_frame_address(0);
  if (top + bytes > limit - 1024) {
    return (void *)-1;
  }
  top += bytes;
  return before;
}

int _read(int file, char *to, int length) {
  (void)file, (void)to, (void)length;
  return 0;
}

int _close(int file) {
  (void)file;
  return -1;
}

int _lseek(int file, int offset, int from) {
  (void)file, (void)offset, (void)from;
  return 0;
}

int _fstat(int file, struct stat *out) {
  (void)file;
  out->st_mode = S_IFCHR;
  return 0;
}

int _isatty(int file) {
  (void)file;
  return 1;
}

int _getpid(void) {
  return 1;
}

int _kill(int process, int signal) {
  (void)process;
  _exit(128 + signal);
}

void _init(void) {
}

void _fini(void) {
}
