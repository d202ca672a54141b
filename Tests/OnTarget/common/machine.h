// What Swift cannot spell: system registers, barriers, device accesses, HVC and SMC, semihosting.
#pragma once
#include <stdint.h>

// ---- System registers

#define READS(reg) \
  static inline uint64_t read_##reg(void) { \
    uint64_t value; \
    __asm__ volatile("mrs %0, " #reg : "=r"(value)); \
    return value; \
  }
#define WRITES(reg) \
  static inline void write_##reg(uint64_t value) { \
    __asm__ volatile("msr " #reg ", %0\n isb" ::"r"(value) : "memory"); \
  }

READS(CurrentEL) READS(mpidr_el1) READS(midr_el1) READS(id_aa64pfr0_el1)
READS(cntpct_el0) READS(cntfrq_el0)
READS(vbar_el1)
READS(esr_el2) READS(far_el2) READS(elr_el2) READS(spsr_el2)
WRITES(esr_el1) WRITES(far_el1) WRITES(elr_el1) WRITES(spsr_el1) WRITES(sctlr_el1)
WRITES(elr_el2) WRITES(spsr_el2) WRITES(hcr_el2) WRITES(vtcr_el2) WRITES(vttbr_el2)
WRITES(cnthctl_el2) WRITES(cntvoff_el2) WRITES(vpidr_el2) WRITES(vmpidr_el2)

// Lets some microseconds pass without a device access: in QEMU each one, and each look at the counter, takes
// the lock that its devices need to get on.
static inline void relax(void) {
  uint64_t rounds = 10000;
  __asm__ volatile("1: subs %0, %0, #1\n b.ne 1b" : "+r"(rounds)::"cc");
}

static inline void data_barrier(void) { __asm__ volatile("dsb sy" ::: "memory"); }

// Lets EL1 use the system registers of a GICv3 (ICC_SRE_EL2.SRE and .Enable).
static inline void allow_gic_registers(void) {
  uint64_t value;
  __asm__ volatile("mrs %0, S3_4_C12_C9_5" : "=r"(value));
  __asm__ volatile("msr S3_4_C12_C9_5, %0\n isb" ::"r"(value | 9));
}

// Has EL1 step: after each instruction that SPSR_EL2.SS lets it do, it comes to EL2 (MDCR_EL2.TDE and
// MDSCR_EL1.SS; the OS lock, which is on after a reset, would forbid it).
static inline void step_guest(int is_on) {
  uint64_t bits;
  __asm__ volatile("msr oslar_el1, xzr\n mrs %0, mdcr_el2" : "=r"(bits));
  bits = is_on ? bits | 1 << 8 : bits & ~(uint64_t)(1 << 8);
  __asm__ volatile("msr mdcr_el2, %0\n mrs %0, mdscr_el1" : "+r"(bits));
  bits = is_on ? bits | 1 : bits & ~(uint64_t)1;
  __asm__ volatile("msr mdscr_el1, %0\n isb" ::"r"(bits));
}

// ---- Translations

// Forgets all translations of the current VMID.
static inline void forget_translations(void) {
  __asm__ volatile("dsb ish\n tlbi vmalls12e1is\n dsb ish\n isb" ::: "memory");
}

// Forgets one page's stage 2 of the VMID in `vttbr`, on all CPUs.
static inline void forget_page(uint64_t vttbr, uint64_t page) {
  uint64_t own;
  __asm__ volatile("mrs %0, vttbr_el2" : "=r"(own));
  __asm__ volatile(
      "dsb ish\n msr vttbr_el2, %0\n isb\n"
      " tlbi ipas2e1is, %1\n dsb ish\n tlbi vmalle1is\n dsb ish\n isb\n"
      " msr vttbr_el2, %2\n isb" ::"r"(vttbr), "r"(page >> 12), "r"(own) : "memory");
}

// ---- Memory, as devices want it: one access of just this size

#define ACCESSES(bits) \
  static inline uint##bits##_t r##bits(uint64_t address) { \
    return *(volatile uint##bits##_t *)address; \
  } \
  static inline void w##bits(uint64_t address, uint##bits##_t value) { \
    *(volatile uint##bits##_t *)address = value; \
  }
ACCESSES(8) ACCESSES(16) ACCESSES(32) ACCESSES(64)

// ---- Calls upwards

typedef struct { uint64_t x0, x1, x2, x3; } registers;

#define CONDUIT(instruction) \
  static inline registers instruction(uint64_t a, uint64_t b, uint64_t c, uint64_t d) { \
    register uint64_t x0 __asm__("x0") = a; \
    register uint64_t x1 __asm__("x1") = b; \
    register uint64_t x2 __asm__("x2") = c; \
    register uint64_t x3 __asm__("x3") = d; \
    __asm__ volatile(#instruction " #0" \
      : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", \
        "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory"); \
    return (registers){x0, x1, x2, x3}; \
  }
CONDUIT(hvc)
CONDUIT(smc)

// ---- The way out: QEMU acts for the image, and the monitor answers the test's own calls
#ifdef UNDER_LINUX
#include "../linux-vmm/guest.h"
#else
static inline uint64_t semihosting(uint64_t operation, const volatile uint64_t *block) {
  register uint64_t x0 __asm__("x0") = operation;
  register const volatile uint64_t *x1 __asm__("x1") = block;
  __asm__ volatile("hlt #0xf000" : "+r"(x0) : "r"(x1) : "memory");
  return x0;
}

// Ends QEMU with a status (SYS_EXIT_EXTENDED, ADP_Stopped_ApplicationExit).
static inline void leave(uint64_t status) {
  volatile uint64_t block[2] = {0x20026, status};
  semihosting(0x20, block);
  for (;;) __asm__ volatile("wfi");
}

// Opens a file of QEMU's working folder, to be read (0) or written (4): a handle, or -1.
static inline uint64_t open_file(const char *name, uint64_t length, uint64_t mode) {
  volatile uint64_t block[3] = {(uint64_t)name, mode, length};
  return semihosting(0x01, block);
}

// Both answer how many bytes were not transferred.
static inline uint64_t write_file(uint64_t handle, const void *bytes, uint64_t count) {
  volatile uint64_t block[3] = {handle, (uint64_t)bytes, count};
  return semihosting(0x05, block);
}
static inline uint64_t read_file(uint64_t handle, void *bytes, uint64_t count) {
  volatile uint64_t block[3] = {handle, (uint64_t)bytes, count};
  return semihosting(0x06, block);
}

static inline registers control(uint64_t a, uint64_t b, uint64_t c, uint64_t d) { return hvc(a, b, c, d); }
#endif

// ---- The image itself

#define ADDRESS(symbol) \
  extern char symbol[]; \
  static inline uint64_t address_of##symbol(void) { return (uint64_t)symbol; }
ADDRESS(__image_start) ADDRESS(__image_end) ADDRESS(__tables_start) ADDRESS(__tables_end)
ADDRESS(_secondary) ADDRESS(__host_start)
// What the EL1 vectors leave of the data aborts that they stepped over.
extern volatile struct { uint64_t syndrome, address, count; } stepped_over;
static inline uint64_t aborts(void) { return stepped_over.count; }
static inline uint64_t abort_address(void) { return stepped_over.address; }

void *memset(void *to, int value, unsigned long count);
void *memcpy(void *restrict to, const void *restrict from, unsigned long count);
