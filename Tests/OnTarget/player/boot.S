// Entry of the player at EL1.
#include "boot.inc"
.section .text.boot, "ax"
.global _start
_start:
  EL1_START
  EL1_MMU
  bl player_main
  b .
EL1_FATAL
EL1_VECTORS
