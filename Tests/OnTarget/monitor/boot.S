// Entry, vectors and context switch of the monitor, at EL2.
#include "boot.inc"

.macro EL2_START
  ldr x1, =vectors
  msr vbar_el2, x1
  ldr x1, =0xff00                         // MAIR: 0 device, 1 normal write-back
  msr mair_el2, x1
  ldr x1, =0x80823519                     // TCR: 39 bits, 4K, write-back, inner shareable
  msr tcr_el2, x1
  ldr x1, =el2_table
  msr ttbr0_el2, x1
  dsb sy
  isb
  tlbi alle2
  dsb sy
  isb
  mov x1, #0x33ff                         // floating point does not trap
  msr cptr_el2, x1
  ldr x1, =0x30c5183d                     // SCTLR: I, SA, C, M
  msr sctlr_el2, x1
  isb
.endm

.section .text.boot, "ax"
.global _start
_start:
  mrs x1, CurrentEL
  cmp x1, #8
  b.ne .                                  // without EL2 there is nothing to say; the runner ends it
  msr spsel, #1
  ldr x1, =__stack_top
  mov sp, x1
  CLEAR_BSS
  EL2_START
  mov x0, #0x40000000                     // QEMU puts the device tree at the base of RAM
  bl monitor_main
  mov x1, #0x3c5                          // EL1h, all masked
  msr spsr_el2, x1
  ldr x1, =GUEST_ENTRY
  msr elr_el2, x1
  mov x0, #0x40000000
  mov x1, xzr
  mov x2, xzr
  mov x3, xzr
  eret

// CPU 1, which PSCI starts from monitor_main: it becomes the host's.
.global _secondary
_secondary:
  msr spsel, #1
  ldr x1, =__stack_top - 0x8000
  mov sp, x1
  EL2_START
  bl monitor_secondary
  mov x1, #0x3c5
  msr spsr_el2, x1
  ldr x1, =HOST_ENTRY
  msr elr_el2, x1
  eret

.macro UNEXPECTED number
  .balign 128
  mov x0, #\number
  b unexpected
.endm

.balign 2048
vectors:
  UNEXPECTED 0
  UNEXPECTED 1
  UNEXPECTED 2
  UNEXPECTED 3
  UNEXPECTED 4
  UNEXPECTED 5
  UNEXPECTED 6
  UNEXPECTED 7
  .balign 128
  sub sp, sp, #784                        // x0 to x30 (256 bytes), q0 to q31 (512), fpsr, fpcr (16)
  stp x0, x1, [sp, #0]
  stp x2, x3, [sp, #16]
  stp x4, x5, [sp, #32]
  stp x6, x7, [sp, #48]
  stp x8, x9, [sp, #64]
  stp x10, x11, [sp, #80]
  stp x12, x13, [sp, #96]
  b from_el1
  UNEXPECTED 9
  UNEXPECTED 10
  UNEXPECTED 11
  UNEXPECTED 12
  UNEXPECTED 13
  UNEXPECTED 14
  UNEXPECTED 15

.macro Q_REGISTERS instruction
  \instruction q0, q1, [x9, #0]
  \instruction q2, q3, [x9, #32]
  \instruction q4, q5, [x9, #64]
  \instruction q6, q7, [x9, #96]
  \instruction q8, q9, [x9, #128]
  \instruction q10, q11, [x9, #160]
  \instruction q12, q13, [x9, #192]
  \instruction q14, q15, [x9, #224]
  \instruction q16, q17, [x9, #256]
  \instruction q18, q19, [x9, #288]
  \instruction q20, q21, [x9, #320]
  \instruction q22, q23, [x9, #352]
  \instruction q24, q25, [x9, #384]
  \instruction q26, q27, [x9, #416]
  \instruction q28, q29, [x9, #448]
  \instruction q30, q31, [x9, #480]
.endm

from_el1:
  stp x14, x15, [sp, #112]
  stp x16, x17, [sp, #128]
  stp x18, x19, [sp, #144]
  stp x20, x21, [sp, #160]
  stp x22, x23, [sp, #176]
  stp x24, x25, [sp, #192]
  stp x26, x27, [sp, #208]
  stp x28, x29, [sp, #224]
  str x30, [sp, #240]
  add x9, sp, #256
  Q_REGISTERS stp
  mrs x10, fpsr
  mrs x11, fpcr
  str x10, [sp, #768]
  str x11, [sp, #776]
  mov x0, sp
  bl monitor_trap
  ldr x10, [sp, #768]
  ldr x11, [sp, #776]
  msr fpsr, x10
  msr fpcr, x11
  add x9, sp, #256
  Q_REGISTERS ldp
  ldp x0, x1, [sp, #0]
  ldp x2, x3, [sp, #16]
  ldp x4, x5, [sp, #32]
  ldp x6, x7, [sp, #48]
  ldp x8, x9, [sp, #64]
  ldp x10, x11, [sp, #80]
  ldp x12, x13, [sp, #96]
  ldp x14, x15, [sp, #112]
  ldp x16, x17, [sp, #128]
  ldp x18, x19, [sp, #144]
  ldp x20, x21, [sp, #160]
  ldp x22, x23, [sp, #176]
  ldp x24, x25, [sp, #192]
  ldp x26, x27, [sp, #208]
  ldp x28, x29, [sp, #224]
  ldr x30, [sp, #240]
  add sp, sp, #784
  eret

unexpected:
  mrs x1, esr_el2
  mrs x2, elr_el2
  mrs x3, far_el2
  bl monitor_unexpected
  b .

.section .rodata
IDENTITY_TABLE el2_table, (1 << 6)
