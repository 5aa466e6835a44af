/* Exceptions, one scenario a line of output; the test says which section of the Armv7-M manual each line holds to. */
#include <stdint.h>
#include <stdio.h>

#define REG(address) (*(volatile uint32_t *)(address))
#define ISER REG(0xE000E100)
#define ISPR REG(0xE000E200)
#define ICPR REG(0xE000E280)
#define IPR(n) (*(volatile uint8_t *)(0xE000E400 + (n)))
#define ICSR REG(0xE000ED04)
#define AIRCR REG(0xE000ED0C)
#define CCR REG(0xE000ED14)
#define SHPR(n) (*(volatile uint8_t *)(0xE000ED18 + (n) - 4))
#define SHCSR REG(0xE000ED24)
#define CFSR REG(0xE000ED28)
#define HFSR REG(0xE000ED2C)
#define BFAR REG(0xE000ED38)
#define STIR REG(0xE000EF00)
#define SYST_CSR REG(0xE000E010)
#define SYST_RVR REG(0xE000E014)
#define SYST_CVR REG(0xE000E018)
#define NOTHING 0x70000000u

static char order[64];
static volatile int length;
static volatile uint32_t seen_lr, seen_frame[8], seen_sp, seen_cfsr, seen_hfsr, seen_bfar, seen_psr;
static volatile int skip, ticks;
static void (*volatile on_irq[32])(void);

static void note(char what) {
  order[length++] = what;
  order[length] = 0;
}

static void start(void) {
  length = 0;
  order[0] = 0;
  seen_cfsr = seen_hfsr = seen_bfar = 0;
}

static uint32_t ipsr(void) {
  uint32_t value;
  __asm__ volatile("mrs %0, ipsr" : "=r"(value));
  return value;
}

/* A frame that leads out of a scenario whose own stack is nowhere. */
static uint32_t way_out[8];

static uint32_t *rescued(uint32_t *frame) {
  uint32_t psp;
  __asm__ volatile("mrs %0, psp" : "=r"(psp));
  if (psp - (NOTHING - 0x1000) >= 0x2000) {
    return frame;
  }
  __asm__ volatile("msr psp, %0" ::"r"(way_out));
  return way_out;
}

/* Every fault comes here with the frame: it notes the status, clears it and goes on `skip` bytes behind the instruction. */
void fault_with_frame(uint32_t *frame, uint32_t lr) {
  frame = rescued(frame);
  note("??NHMBU"[ipsr()]);
  seen_lr = lr;
  seen_cfsr = CFSR;
  seen_hfsr = HFSR;
  seen_bfar = BFAR;
  seen_psr = frame[7];
  for (int i = 0; i < 8; i++) {
    seen_frame[i] = frame[i];
  }
  CFSR = CFSR;
  HFSR = HFSR;
  frame[6] += (uint32_t)skip;
  frame[7] |= 1u << 24;
}

__attribute__((naked)) void fault_handler(void) {
  __asm__ volatile("tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n mov r1, lr\n push {r4, lr}\n bl fault_with_frame\n pop {r4, pc}");
}

void svc_with_frame(uint32_t *frame, uint32_t lr) {
  frame = rescued(frame);
  note('S');
  seen_lr = lr;
  seen_sp = (uint32_t)(uintptr_t)frame;
  seen_psr = frame[7];
  frame[0] = frame[0] + frame[1] + frame[2] + frame[3];
  ICSR = 1u << 28; /* PendSV, to be taken when this one returns */
  note('s');
}

__attribute__((naked)) void svc_handler(void) {
  __asm__ volatile("tst lr, #4\n ite eq\n mrseq r0, msp\n mrsne r0, psp\n mov r1, lr\n push {r4, lr}\n bl svc_with_frame\n pop {r4, pc}");
}

void pendsv_handler(void) {
  note('P');
}

void systick_handler(void) {
  ticks++;
}

void irq_handler(void) {
  int irq = (int)ipsr() - 16;
  rescued(0);
  note((char)('0' + irq));
  if (on_irq[irq]) {
    on_irq[irq]();
  }
  note((char)('a' + irq));
}

static void pend1(void) {
  ISPR = 1 << 1;
  __asm__ volatile("dsb\n isb");
}

static void show(const char *name) {
  printf("%s: %s\n", name, order);
}

static uint32_t svc(void) {
  register uint32_t r0 __asm__("r0") = 1;
  register uint32_t r1 __asm__("r1") = 20;
  register uint32_t r2 __asm__("r2") = 300;
  register uint32_t r3 __asm__("r3") = 4000;
  __asm__ volatile("svc 5" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r3) : "memory", "r12", "cc");
  return r0;
}

static void supervisor_calls(void) {
  start();
  uint32_t sum = svc();
  printf("svc: %s %lu lr %08lx\n", order, sum, seen_lr);
  uint32_t unaligned, aligned;
  __asm__ volatile("push {r4}\n mov r4, sp\n svc 1\n pop {r4}" ::: "memory", "r0", "r1", "r2", "r3", "r12", "lr", "cc");
  unaligned = seen_sp;
  uint32_t psr1 = seen_psr;
  __asm__ volatile("push {r4, r5}\n svc 1\n pop {r4, r5}" ::: "memory", "r0", "r1", "r2", "r3", "r12", "lr", "cc");
  aligned = seen_sp;
  printf("stack alignment: %lu %lu, bit 9 differs %lu\n", unaligned & 7, aligned & 7, (psr1 ^ seen_psr) >> 9 & 1);
}

static uint32_t process_stack[128];

static void process_stack_pointer(void) {
  start();
  uint32_t sum;
  __asm__ volatile("mrs r5, control\n msr psp, %1\n orr r6, r5, #2\n msr control, r6\n isb\n"
                   "movs r0, #1\n movs r1, #2\n movs r2, #3\n movs r3, #4\n svc 2\n mov %0, r0\n msr control, r5\n isb"
                   : "=r"(sum)
                   : "r"(process_stack + 128)
                   : "memory", "r0", "r1", "r2", "r3", "r5", "r6", "r12", "lr", "cc");
  printf("psp: %s %lu lr %08lx depth %ld\n", order, sum, seen_lr, (long)((uintptr_t)(process_stack + 128) - seen_sp));
}

static void priorities(void) {
  ISER = 0xFF;
  IPR(0) = 0x80;
  IPR(1) = 0x40;
  on_irq[0] = pend1;
  start();
  ISPR = 1;
  __asm__ volatile("dsb\n isb");
  show("preemption");
  IPR(1) = 0x80;
  start();
  ISPR = 1;
  __asm__ volatile("dsb\n isb");
  show("same priority");
  AIRCR = 0x05FA0000 | 6 << 8; /* one bit of group priority */
  IPR(0) = 0x60;
  IPR(1) = 0x20;
  start();
  ISPR = 1;
  __asm__ volatile("dsb\n isb");
  show("sub-priority");
  AIRCR = 0x05FA0000;
  on_irq[0] = 0;
  IPR(2) = 0x20;
  start();
  __asm__ volatile("cpsid i");
  ISPR = 1 << 0 | 1 << 1 | 1 << 2;
  note('-');
  __asm__ volatile("cpsie i\n isb");
  show("order");
  IPR(0) = 0x60;
  IPR(2) = 0x80;
  start();
  __asm__ volatile("msr basepri, %0" ::"r"(0x60));
  ISPR = 1 << 0 | 1 << 1 | 1 << 2;
  __asm__ volatile("dsb\n isb");
  note('-');
  __asm__ volatile("msr basepri, %0\n isb" ::"r"(0));
  show("basepri");
  start();
  STIR = 5;
  __asm__ volatile("dsb\n isb");
  show("stir");
}

static void faults(void) {
  SHCSR |= 7 << 16;
  skip = 4;
  start();
  __asm__ volatile("ldr.w r0, [%0]" ::"r"(NOTHING) : "r0", "memory");
  printf("bus fault: %s cfsr %08lx bfar %08lx\n", order, seen_cfsr, seen_bfar);
  start();
  __asm__ volatile("str.w %0, [%0]" ::"r"(NOTHING + 4) : "memory");
  printf("bus fault at a write: %s bfar %08lx\n", order, seen_bfar);
  skip = 2;
  start();
  __asm__ volatile("udf #1");
  printf("undefined: %s cfsr %08lx\n", order, seen_cfsr);
  skip = 4;
  CCR |= 1 << 4;
  start();
  __asm__ volatile("mov r1, #0\n sdiv r0, r1, r1" ::: "r0", "r1");
  printf("division: %s cfsr %08lx\n", order, seen_cfsr);
  CCR &= ~(1u << 4);
  start();
  uint32_t quotient = 9;
  __asm__ volatile("mov r1, #0\n mov r2, #7\n udiv %0, r2, r1" : "=r"(quotient)::"r1", "r2");
  printf("division without trap: %s%lu\n", order, quotient);
  start();
  __asm__ volatile("ldm.w %0, {r0, r1}" ::"r"((uintptr_t)process_stack + 2) : "r0", "r1", "memory");
  printf("unaligned: %s cfsr %08lx\n", order, seen_cfsr);
  CCR |= 1 << 3;
  start();
  __asm__ volatile("ldr.w r0, [%0]" ::"r"((uintptr_t)process_stack + 2) : "r0", "memory");
  printf("unaligned trapped: %s cfsr %08lx\n", order, seen_cfsr);
  CCR &= ~(1u << 3);
  skip = 0;
  start();
  __asm__ volatile("adr r0, 1f\n bx r0\n .align 2\n1: nop" ::: "r0");
  printf("not thumb: %s cfsr %08lx\n", order, seen_cfsr);
  skip = 2;
  SHCSR &= ~(7u << 16);
  start();
  __asm__ volatile("udf #2");
  printf("escalated: %s hfsr %08lx cfsr %08lx\n", order, seen_hfsr, seen_cfsr);
  SHCSR |= 7 << 16;
  start();
  __asm__ volatile("cpsid i\n udf #3\n cpsie i");
  printf("masked: %s hfsr %08lx\n", order, seen_hfsr);
  start();
  __asm__ volatile("movs r0, #0\n cmp r0, r0\n itee eq\n udfeq #4\n movne r0, #1\n movne r0, #2\n nop" ::: "r0", "cc");
  printf("in an it block: %s psr it %02lx\n", order, (seen_psr >> 25 & 3) | (seen_psr >> 8 & 0xFC));
}

/* Stacking fails, because the process stack is nowhere. */
#define FROM_NOWHERE(instruction)                                                                                                          \
  __asm__ volatile("adr r6, 1f\n str r6, [%0, #24]\n mov r6, #0x1000000\n str r6, [%0, #28]\n mrs r5, control\n orr r6, r5, #2\n"      \
                   "msr psp, %1\n msr control, r6\n isb\n" instruction "\n dsb\n isb\n udf #9\n .align 2\n1: msr control, r5\n isb"       \
                   ::"r"(way_out), "r"(NOTHING), "r"(&ISPR), "r"(1)                                                                        \
                   : "memory", "r0", "r1", "r2", "r3", "r5", "r6", "r12", "lr", "cc")

static void interrupt_from_nowhere(const char *name, uint8_t bus_fault, uint32_t basepri) {
  SHPR(5) = bus_fault;
  __asm__ volatile("msr basepri, %0\n isb" ::"r"(basepri));
  start();
  FROM_NOWHERE("str %3, [%2]");
  __asm__ volatile("msr basepri, %0\n isb" ::"r"(0));
  printf("%s: %s cfsr %08lx hfsr %08lx\n", name, order, seen_cfsr, seen_hfsr);
}

static void derived(void) {
  skip = 0;
  IPR(0) = 0x80;
  interrupt_from_nowhere("derived, more urgent", 0x40, 0);
  interrupt_from_nowhere("derived, as urgent", 0x80, 0);
  interrupt_from_nowhere("derived, less urgent", 0xC0, 0);
  interrupt_from_nowhere("derived, not urgent enough", 0xC0, 0xA0);
  SHCSR &= ~(7u << 16);
  interrupt_from_nowhere("derived, not enabled", 0x40, 0);
  SHCSR |= 7 << 16;
  SHPR(5) = 0x40;
  SHPR(11) = SHPR(14) = 0x80;
  start();
  FROM_NOWHERE("svc 3");
  printf("derived, supervisor call: %s cfsr %08lx\n", order, seen_cfsr);
  SHPR(5) = SHPR(11) = SHPR(14) = 0;
  start();
  FROM_NOWHERE("udf #5");
  printf("derived, fault: %s cfsr %08lx\n", order, seen_cfsr);
}

static void others(void) {
  skip = 0;
  start();
  ICSR = 1u << 31;
  __asm__ volatile("dsb\n isb");
  printf("nmi: %s\n", order);
  start();
  ISPR = 1 << 3;
  __asm__ volatile("dsb\n isb");
  IPR(3) = 0;
  __asm__ volatile("cpsid i");
  ISPR = 1 << 3;
  __asm__ volatile("wfi");
  note('w');
  __asm__ volatile("cpsie i\n isb");
  show("wfi with primask");
  start();
  ICPR = 1 << 4;
  __asm__ volatile("cpsid i");
  ISPR = 1 << 4;
  ICPR = 1 << 4;
  __asm__ volatile("cpsie i\n isb");
  printf("cleared:%s\n", order);
  SYST_RVR = 999;
  SYST_CVR = 0;
  SYST_CSR = 7;
  while (ticks < 5) {
    __asm__ volatile("wfi");
  }
  SYST_CSR = 0;
  printf("systick: %d\n", ticks);
}

int main(void) {
  supervisor_calls();
  process_stack_pointer();
  priorities();
  faults();
  derived();
  others();
  return 0;
}
