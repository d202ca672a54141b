// Entry of a guest OS that only asks questions: EL1 with the MMU off, as Linux is entered.
#include "boot.inc"
.section .text.boot, "ax"
.global _start
_start:
  EL1_START
  ldr x1, =vectors
  msr vbar_el1, x1
  isb
  bl payload_main
  b .
EL1_FATAL
EL1_VECTORS
