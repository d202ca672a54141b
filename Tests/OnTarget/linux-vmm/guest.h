// The upward calls of an image that is the guest of a VMM under Linux: the judge is behind a door, and so is what
// monitors are asked elsewhere. Hypercalls are the real hypervisor's.
#pragma once
#include "door.h"

extern volatile uint64_t mailbox[MAILBOX_SIZE / 8];

// Asks, once the mailbox is shared: a protected guest has to, a plain one is answered -1 and need not.
static inline void knock(uint64_t wish) {
  static int is_open;
  if (!is_open) {
    is_open = 1;
    for (uint64_t at = 0; at < MAILBOX_SIZE; at += 4096) hvc(0xC6000003, (uint64_t)mailbox + at, 0, 0);
    *(volatile uint64_t *)DOOR_MAILBOX = (uint64_t)mailbox;
  }
  __asm__ volatile("dsb sy" ::: "memory");
  *(volatile uint64_t *)DOOR = wish;
  __asm__ volatile("dsb sy" ::: "memory");
}

static inline registers ask_vmm(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  mailbox[0] = a, mailbox[1] = b, mailbox[2] = c, mailbox[3] = d;
  knock(DOOR_CONTROL);
  return (registers){mailbox[0], mailbox[1], mailbox[2], mailbox[3]};
}

// A machine that is switched off and on has nothing shared; this one takes back what the calls before have left.
static inline registers control(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  if (a == VMM_RESTART)
    for (registers left = ask_vmm(VMM_SHARED_PAGE, 0, 0, 0); left.x0 == 0; left = ask_vmm(VMM_SHARED_PAGE, 0, 0, 0)) {
      if (hvc(0xC6000004, left.x1, 0, 0).x0) break;
      ask_vmm(VMM_LAST_EFFECT, left.x1, 0, 0);
    }
  if (a == VMM_BEGIN_COMMAND || a == VMM_UNPIN_ALL) return (registers){0, 0, 0, 0};
  return ask_vmm(a, b, c, d);
}

// An exit costs more than all else, so what is written waits until something is read.
extern uint64_t waiting, arrived, taken;

static inline void talk(uint64_t most) {
  mailbox[0] = waiting, mailbox[1] = most;
  knock(DOOR_TALK);
  waiting = taken = 0;
  arrived = mailbox[1];
}

static inline void leave(uint64_t status) {
  talk(0);
  mailbox[0] = status;
  knock(DOOR_LEAVE);
  for (;;) __asm__ volatile("wfi");
}

// There is one way out and one way in, whatever they are called.
static inline uint64_t open_file(const char *name, uint64_t length, uint64_t mode) {
  (void)name, (void)length;
  return mode;
}

static inline uint64_t write_file(uint64_t handle, const void *bytes, uint64_t count) {
  (void)handle;
  for (uint64_t done = 0, part; done < count; done += part) {
    if (waiting == MAILBOX_BYTES) talk(0);
    part = count - done < MAILBOX_BYTES - waiting ? count - done : MAILBOX_BYTES - waiting;
    __builtin_memcpy((char *)mailbox + MAILBOX_WORDS + waiting, (const char *)bytes + done, part);
    waiting += part;
  }
  return 0;
}

static inline uint64_t read_file(uint64_t handle, void *bytes, uint64_t count) {
  (void)handle;
  if (taken == arrived) talk(MAILBOX_BYTES);
  uint64_t got = count < arrived - taken ? count : arrived - taken;
  __builtin_memcpy(bytes, (const char *)mailbox + MAILBOX_WORDS + MAILBOX_BYTES + taken, got);
  taken += got;
  return count - got;
}
