// Entry of the firmware at EL1, and the jump into the guest OS.
#include "boot.inc"
.section .text.boot, "ax"
.global _start
_start:
  EL1_START
  EL1_MMU
  bl firmware_main                        // takes the device tree's address and answers it when done
  // As pvmfw hands over: MMU and caches off, x0 the device tree, x1 to x3 zero.
  ldr x1, =0x30d00800
  msr sctlr_el1, x1
  isb
  tlbi vmalle1
  dsb sy
  isb
  mov x1, xzr
  mov x2, xzr
  mov x3, xzr
  ldr x9, =PAYLOAD_ENTRY
  br x9
EL1_FATAL
EL1_VECTORS
