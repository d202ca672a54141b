// Entry of the host's CPU at EL1, under its own stage 2.
#include "boot.inc"
.section .text.boot, "ax"
.global _start
_start:
  EL1_START
  EL1_MMU
  bl host_main
  b .
fatal:
  b .
EL1_VECTORS
