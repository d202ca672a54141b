// /init of the Linux run: says that userspace is there, and ends QEMU with status 0 by semihosting from EL0.
.global _start
_start:
  mov x0, #1
  adr x1, text
  mov x2, #(text_end - text)
  mov x8, #64                             // write
  svc #0
  sub sp, sp, #16
  ldr x1, =0x20026                        // ADP_Stopped_ApplicationExit
  stp x1, xzr, [sp]
  mov x1, sp
  mov x0, #0x20                           // SYS_EXIT_EXTENDED
  hlt #0xf000
  b .
text: .ascii "init: Linux userspace reached under the monitor\nPASS\n"
text_end:
