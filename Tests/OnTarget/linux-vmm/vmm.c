// The VMM of `run --hypervisor linux`: the init of a Linux that runs at EL2, and an ordinary process to it. It boots
// one guest over /dev/kvm, protected or plain (`sharecheck.guest=plain`), carries messages between guest and judge,
// and says who reaches what by touching it. With `sharecheck.host=hostile` a second thread reads and writes what it
// can, all the time. There is no C library.
#include <stddef.h>
#include <stdint.h>
#include "door.h"

typedef uint64_t u64;

// ---- The kernel of the host

static long system_call(long number, u64 a, u64 b, u64 c, u64 d, u64 e, u64 f) {
  register u64 x8 __asm__("x8") = (u64)number;
  register u64 x0 __asm__("x0") = a;
  register u64 x1 __asm__("x1") = b;
  register u64 x2 __asm__("x2") = c;
  register u64 x3 __asm__("x3") = d;
  register u64 x4 __asm__("x4") = e;
  register u64 x5 __asm__("x5") = f;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return (long)x0;
}
#define SYSTEM(number, a, b, c, d, e, f) system_call(number, (u64)(a), (u64)(b), (u64)(c), (u64)(d), (u64)(e), (u64)(f))

static long open_at(const char *path) { return SYSTEM(56, -100, path, 2 /* O_RDWR */, 0, 0, 0); }
static long control_device(long file, u64 what, const void *with) { return SYSTEM(29, file, what, with, 0, 0, 0); }
static long read_some(long file, void *to, u64 count) { return SYSTEM(63, file, to, count, 0, 0, 0); }
static long write_some(long file, const void *from, u64 count) { return SYSTEM(64, file, from, count, 0, 0, 0); }
static char *map_memory(long file, u64 size) {
  return (char *)SYSTEM(222, 0, size, 3, file < 0 ? 0x21 : 1, file, 0); // shared; anonymous without a file
}
static void make_folder(const char *path) { SYSTEM(34, -100, path, 0755, 0, 0, 0); }
static void mount(const char *type, const char *at) { SYSTEM(40, type, at, type, 0, 0, 0); }
static void nap_for(u64 nanoseconds) {
  u64 time[2] = {0, nanoseconds};
  SYSTEM(101, time, 0, 0, 0, 0, 0);
}
static void nap(void) { nap_for(10000000); }

void *memset(void *to, int value, size_t count) {
  for (volatile char *at = to; count; count--) *at++ = (char)value;
  return to;
}
void *memcpy(void *to, const void *from, size_t count) {
  volatile char *at = to;
  for (const char *source = from; count; count--) *at++ = *source++;
  return to;
}

// ---- Words

static long console = 1;

static void say(const char *text) {
  u64 length = 0;
  while (text[length]) length++;
  write_some(console, text, length);
}

static void say_number(u64 number) {
  char text[20];
  int at = 20;
  do text[--at] = (char)('0' + number % 10);
  while (number /= 10);
  write_some(console, text + at, (u64)(20 - at));
}

static void say_hex(u64 number) {
  char text[18] = "0x";
  for (int digit = 0; digit < 16; digit++) text[2 + digit] = "0123456789abcdef"[number >> (60 - 4 * digit) & 15];
  write_some(console, text, 18);
}

// Ends the machine; the last line says with what status.
__attribute__((noreturn)) static void end(u64 status) {
  say("vmm: status ");
  say_number(status);
  say("\n");
  SYSTEM(142, 0xFEE1DEAD, 672274793, 0x4321FEDC /* RESTART_2: power off */, 0, 0, 0);
  for (;;) nap();
}

static long must(long result, const char *what) {
  if (result >= 0) return result;
  say("vmm: ");
  say(what);
  say(" fails with ");
  say_number((u64)-result);
  say("\n");
  end(98);
}

static int has_word(const char *text, const char *word) {
  for (; *text; text++) {
    const char *a = text, *b = word;
    while (*b && *a == *b) a++, b++;
    if (!*b) return 1;
  }
  return 0;
}

// ---- The guest's memory, and who reaches it

#define RAM 0x40000000ul
#define RAM_SIZE 0x0C000000ul
#define PAGE 4096ul
#define PAGES (RAM_SIZE / PAGE)
static char *ram;
static int is_plain;
// Whether the calls so far have made a page the host's, by what was seen after each of them.
static unsigned char shared_pages[PAGES];
static unsigned char *is_shared(u64 address) { return &shared_pages[(address - RAM) / PAGE]; }
// What the judge's machine has: ranges that are looked at.
static u64 watched[4][2], watched_count;
static u64 reads_refused, reads_served;
// Pages that were reached, or not, against what the calls said, when a message was done: since the last restart.
static u64 wrong_before;
// Whether a hypercall was made since all was looked at.
static int may_differ;
static u64 machines;

// Steps over the access that was refused, and says so in x16 of the thread that made it: in the context behind a
// signal, x0 to x30 stand at 184, the counter at 440.
static void on_refusal(int signal, void *information, char *context) {
  (void)signal, (void)information;
  *(u64 *)(context + 184 + 16 * 8) = 1;
  *(u64 *)(context + 440) += 4;
}

// One access, by one instruction: whether it was served.
#define TOUCH(instruction, value, address)                                                                    \
  ({                                                                                                          \
    register u64 refused_ __asm__("x16") = 0;                                                                 \
    __asm__ volatile(instruction : "+r"(value), "+r"(refused_) : "r"(ram + ((address) - RAM)) : "memory");    \
    !refused_;                                                                                                \
  })

static int load(u64 address, u64 *word) {
  u64 value = 0;
  int is_served = TOUCH("ldr %0, [%2]", value, address);
  *word = value;
  return is_served;
}

static int load_byte(u64 address, u64 *byte) {
  u64 value = 0;
  int is_served = TOUCH("ldrb %w0, [%2]", value, address);
  *byte = value;
  return is_served;
}

static int store(u64 address, u64 word) { return TOUCH("str %0, [%2]", word, address); }
static int store_byte(u64 address, u64 byte) { return TOUCH("strb %w0, [%2]", byte, address); }

static int touch_read(u64 address, u64 *word) {
  int is_served = load(address, word);
  if (is_served) reads_served++;
  else reads_refused++;
  return is_served;
}

// Whether the host's kernel reads there on behalf of this process; sooner told than by a signal. The way in which a
// set of signals is to be changed is one that there is not, so nothing comes of it.
static int kernel_reads(u64 address) {
  int is_read = SYSTEM(135 /* rt_sigprocmask */, 99, ram + (address - RAM), 0, 8, 0, 0) != -14 /* EFAULT */;
  if (!is_read) reads_refused++;
  return is_read;
}

// Whether an ordinary process of the host reads the page and writes what it read.
static int reaches(u64 page) {
  u64 word;
  if (!touch_read(page, &word)) return 0;
  return store(page, word) && touch_read(page + PAGE - 8, &word);
}

static int is_ram(u64 address) { return address >= RAM && address < RAM + RAM_SIZE; }

// ---- What monitors are asked elsewhere

enum { BECAME_SHARED = 1, BECAME_PRIVATE = 2, HELD_ZEROS = 1 << 9 };

// Of a page that is reached.
static int holds_zeros(u64 page) {
  const volatile u64 *words = (u64 *)(ram + (page - RAM));
  for (u64 at = 0; at < PAGE / 8; at++)
    if (words[at]) return 0;
  return 1;
}

// Memory that the guest has never touched is still the host's; what is watched it fills before its first call.
static int is_watched(u64 page) {
  for (u64 range = 0; range < watched_count; range++)
    if (page >= (watched[range][0] & ~(PAGE - 1)) && page < watched[range][0] + watched[range][1]) return 1;
  return 0;
}

// What a call about an address has done: the page there is looked at, and both of its neighbours, which no call of
// one granule may change.
static void last_effect(u64 *words) {
  u64 page = words[1] & ~(PAGE - 1);
  words[1] = words[2] = words[3] = 0;
  may_differ = 1;
  if (is_plain) return;
  for (u64 at = page - PAGE; at <= page + PAGE; at += PAGE) {
    if (!is_watched(at)) continue;
    unsigned char now = (unsigned char)reaches(at), *before = is_shared(at);
    if (now == *before) continue;
    *before = now;
    words[1] = now ? BECAME_SHARED | (holds_zeros(at) ? HELD_ZEROS : 0) : BECAME_PRIVATE;
    words[2] = at;
    words[3] = PAGE;
  }
}

// On how many pages a touch says something else than the calls said. What the kernel cannot read it is not tried to
// load, unless this is to be thorough.
static u64 audit(u64 start, u64 size, int is_thorough) {
  u64 wrong = 0;
  if (is_plain) return 0;
  for (u64 at = start & ~(PAGE - 1); at < start + size; at += PAGE)
    if (is_ram(at)) {
      int is_reached = (is_thorough || *is_shared(at) || kernel_reads(at)) && reaches(at);
      if (is_reached != *is_shared(at)) wrong++;
    }
  return wrong;
}

static u64 shared_count(void) {
  u64 count = 0;
  for (u64 range = 0; range < watched_count; range++)
    for (u64 at = watched[range][0] & ~(PAGE - 1); at < watched[range][0] + watched[range][1]; at += PAGE)
      count += *is_shared(at);
  return count;
}

// Looks at all that is watched, if a call may have changed it.
static u64 audit_all(void) {
  u64 wrong = 0;
  if (!may_differ) return 0;
  may_differ = 0;
  for (u64 range = 0; range < watched_count; range++) wrong += audit(watched[range][0], watched[range][1], 0);
  return wrong;
}

// The first page that is the host's; 0 where there is none.
static u64 shared_page(void) {
  for (u64 page = 0; page < PAGES; page++)
    if (shared_pages[page]) return RAM + page * PAGE;
  return 0;
}

static u64 host_fill(u64 start, u64 size, u64 byte) {
  u64 at = start;
  if (!is_ram(start) || size > RAM + RAM_SIZE - start) return (u64)-3;
  for (u64 page = start & ~(PAGE - 1); page < start + size; page += PAGE)
    if (!reaches(page)) return (u64)-3;
  for (; at < start + size; at++)
    if (!store_byte(at, byte)) return (u64)-3;
  return 0;
}

// Whether a run holds this byte all over, as this process reads it; the first place where it does not is told.
static void host_expect(u64 *words) {
  u64 at = words[1], end = at + words[2], byte = words[3] & 0xFF, read;
  words[0] = (u64)-3;
  if (!is_ram(at) || words[2] > RAM + RAM_SIZE - at) return;
  while (at < end) {
    int is_word = at % 8 == 0 && end - at >= 8;
    int is_served = is_word ? load(at, &read) : load_byte(at, &read);
    if (!is_served || read != (is_word ? byte * 0x0101010101010101 : byte)) break;
    at += is_word ? 8 : 1;
  }
  words[1] = at;
  if (at == end) words[0] = 0;
}

// ---- A hostile thread

// It reads, and writes what it reads. A page that it reads although the calls so far have not made it the host's is
// shared by a call that has not been looked at yet, or never: the next look says which. A suspicion that comes later
// than that says nothing, since the next call may have been about the page.
static int is_hostile;
static volatile int may_haunt;
static volatile u64 suspect, suspected_after, looks;
static u64 haunts_refused, haunts_served;

static void haunt(void) {
  u64 seed = 88172645463325252, word;
  for (u64 number = 0;; number++) {
    if (number % 64 == 0) nap_for(50000);
    if (!may_haunt || suspect) continue;
    u64 before = looks, range = number % 4;
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    if (range >= watched_count || watched[range][1] < PAGE) continue;
    u64 at = (watched[range][0] + seed % watched[range][1]) & ~7ul;
    if (!is_ram(at)) continue;
    if (!load(at, &word)) {
      haunts_refused++;
      continue;
    }
    haunts_served++;
    if (*is_shared(at)) store(at, seed);
    else {
      suspected_after = before;
      __atomic_store_n(&suspect, at, __ATOMIC_RELEASE);
    }
  }
}

static void begin_haunting(void) {
  static char stack[1 << 16] __attribute__((aligned(16)));
  register u64 x0 __asm__("x0") = 0x50F00; // CLONE_VM, _FS, _FILES, _SIGHAND, _THREAD, _SYSVSEM
  register u64 x1 __asm__("x1") = (u64)(stack + sizeof stack);
  register u64 x8 __asm__("x8") = 220;
  register u64 body __asm__("x19") = (u64)haunt;
  __asm__ volatile("mov x2, #0\n mov x3, #0\n mov x4, #0\n svc #0\n cbnz x0, 1f\n blr x19\n1:"
                   : "+r"(x0) : "r"(x1), "r"(x8), "r"(body) : "x2", "x3", "x4", "x30", "memory");
  must((long)x0, "clone");
}

// After a call was looked at.
static void hear_suspicion(void) {
  u64 page = __atomic_load_n(&suspect, __ATOMIC_ACQUIRE);
  if (page && suspected_after == looks && !*is_shared(page)) wrong_before++;
  looks++;
  if (page) suspect = 0;
}

static void say_reads(void) {
  say("vmm: ");
  say_number(machines);
  say(" machines; of reads of the guest's memory ");
  say_number(reads_served);
  say(" were served, ");
  say_number(reads_refused);
  say(" refused");
  if (is_hostile) {
    say("; of the hostile thread's ");
    say_number(haunts_served);
    say(" and ");
    say_number(haunts_refused);
  }
  say("\n");
}

static void restart(void) {
  may_haunt = 0;
  watched_count = 0;
  wrong_before = 0;
  if (++machines % 20 == 0) say_reads();
}

static void control(u64 *words) {
  switch (words[0]) {
    case VMM_LAST_EFFECT:
      last_effect(words);
      hear_suspicion();
      break;
    case VMM_AUDIT: words[1] = audit(words[1], words[2], 1) + wrong_before; break;
    case VMM_SHARED_COUNT: words[1] = words[2] = shared_count(); break;
    case VMM_SHARED_PAGE:
      words[1] = shared_page();
      words[0] = words[1] ? 0 : (u64)-3;
      return;
    case VMM_RESTART: restart(); break;
    case VMM_ADD_RAM:
      if (watched_count == 4 || !is_ram(words[1]) || words[2] > RAM + RAM_SIZE - words[1]) end(97);
      watched[watched_count][0] = words[1];
      watched[watched_count++][1] = words[2];
      break;
    case VMM_HOST_EXPECT: host_expect(words); return;
    case VMM_HOST_FILL: words[0] = host_fill(words[1], words[2], words[3]); return;
    default:
      words[0] = (u64)-1;
      return;
  }
  words[0] = 0;
}

// ---- The way to the judge

static long judge;

static u64 read_judge(char *to, u64 most) {
  for (;;) {
    long count = read_some(judge, to, most);
    if (count > 0) return (u64)count;
    nap();
  }
}

static void write_judge(const char *from, u64 count) {
  while (count) {
    long done = write_some(judge, from, count);
    if (done <= 0) nap();
    else from += done, count -= (u64)done;
  }
}

// ---- The guest

// A device tree with nothing but the words of the command line, for the guest's `BootArguments`.
static void write_tree(const char *words) {
  static const char names[] = "bootargs";
  uint32_t *tree = (uint32_t *)ram, *at = tree + 14;
  u64 length = 0;
  while (words[length] && words[length] != '\n') length++;
#define PUT(value) *at++ = __builtin_bswap32((uint32_t)(value))
  PUT(1), PUT(0);                                  // the root
  PUT(1), memcpy(at, "chosen\0", 8), at += 2;
  PUT(3), PUT(length + 1), PUT(0);
  memcpy(at, words, length), at += (length + 4) / 4;
  PUT(2), PUT(2), PUT(9);
  u64 strings = (u64)((char *)at - (char *)tree);
  memcpy(at, names, sizeof names);
  u64 size = strings + sizeof names;
  at = tree;
  PUT(0xD00DFEED), PUT(size), PUT(56), PUT(strings), PUT(40), PUT(17), PUT(16), PUT(0), PUT(sizeof names);
  PUT(strings - 56);
#undef PUT
}

#define KVM(number) (0xAE00u | (number))
#define TAKES(number, size) (0x40000000u | (size) << 16 | KVM(number))
struct attribute { uint32_t flags, group; u64 which, address; };

static struct { uint32_t unused[2], exit_reason; } *run;
static long cpu;

static void set_up(long kvm) {
  u64 type = 36 | (is_plain ? 0 : 1ul << 31);
  long machine = must(control_device(kvm, KVM(0x01), (void *)type), "KVM_CREATE_VM");
  struct { uint32_t slot, flags; u64 guest, size, user; } slot = {0, 0, RAM, RAM_SIZE, (u64)ram};
  must(control_device(machine, TAKES(0x46, 32), &slot), "KVM_SET_USER_MEMORY_REGION");
  struct { uint32_t type, file, flags; } gic = {7 /* GICv3 */, 0, 0};
  must(control_device(machine, 0xC00CAEE0, &gic), "KVM_CREATE_DEVICE");
  u64 distributor = 0x08000000, redistributor = 0x080A0000;
  struct attribute place = {0, 0, 2, (u64)&distributor};
  must(control_device(gic.file, TAKES(0xE1, 24), &place), "the distributor's place");
  place.which = 3, place.address = (u64)&redistributor;
  must(control_device(gic.file, TAKES(0xE1, 24), &place), "the redistributor's place");
  cpu = must(control_device(machine, KVM(0x41), 0), "KVM_CREATE_VCPU");
  uint32_t target[8];
  must(control_device(machine, 0x8020AEAF, target), "KVM_ARM_PREFERRED_TARGET");
  target[1] |= 1 << 2; // PSCI 0.2
  must(control_device(cpu, TAKES(0xAE, 32), target), "KVM_ARM_VCPU_INIT");
  struct attribute start = {0, 4, 0, 0};
  must(control_device(gic.file, TAKES(0xE1, 24), &start), "the GIC's start");
  u64 entry = ENTRY, tree = RAM;
  struct { u64 id, address; } counter = {0x6030000000100040, (u64)&entry}, x0 = {0x6030000000100000, (u64)&tree};
  must(control_device(cpu, TAKES(0xAC, 16), &counter), "KVM_SET_ONE_REG");
  must(control_device(cpu, TAKES(0xAC, 16), &x0), "KVM_SET_ONE_REG of x0");
  run = (void *)map_memory(cpu, (u64)must(control_device(kvm, KVM(0x04), 0), "KVM_GET_VCPU_MMAP_SIZE"));
}

// The judge's next message is read once all that the last one led to has been looked at.
static void talk(u64 *mailbox) {
  char *bytes = (char *)mailbox + MAILBOX_WORDS;
  write_judge(bytes, mailbox[0]);
  if (!mailbox[1]) return;
  wrong_before += audit_all();
  hear_suspicion();
  may_haunt = is_hostile && watched_count;
  mailbox[1] = read_judge(bytes + MAILBOX_BYTES, mailbox[1]);
}

static void open_door(u64 wish) {
  static u64 *mailbox;
  if (wish > DOOR) {
    mailbox = (u64 *)(ram + (wish - RAM));
    return;
  }
  switch (wish) {
    case DOOR_CONTROL: control(mailbox); break;
    case DOOR_TALK: talk(mailbox); break;
    default:
      say_reads();
      end(mailbox[0]);
  }
}

static void serve(void) {
  for (;;) {
    long result = control_device(cpu, KVM(0x80), 0);
    if (result == -4) continue;
    must(result, "KVM_RUN");
    char *exit = (char *)run + 32;
    u64 address = *(u64 *)exit, value = *(u64 *)(exit + 8);
    if (run->exit_reason != 6 /* MMIO */) {
      say("vmm: exit ");
      say_number(run->exit_reason);
      say("\n");
      end(98);
    }
    if (!exit[20]) memset(exit + 8, 0, 8);
    else if (address == DOOR || address == DOOR_MAILBOX) open_door(value);
    else if (address == 0x09000000) write_some(console, &value, 1);
    else {
      say("vmm: the guest stores at ");
      say_hex(address);
      say("\n");
      end(98);
    }
  }
}

extern const char guest_image[], guest_image_end[];

__attribute__((noreturn, used)) static void main_(void) {
  static char words[4096];
  struct { void *handler; u64 flags, restorer, mask; } action = {(void *)on_refusal, 4 | 0x40000000, 0, 0};
  make_folder("/proc"), make_folder("/dev"), make_folder("/sys");
  mount("proc", "/proc"), mount("devtmpfs", "/dev"), mount("sysfs", "/sys");
  console = open_at("/dev/console");
  read_some(open_at("/proc/cmdline"), words, sizeof words - 1);
  is_plain = has_word(words, "sharecheck.guest=plain");
  SYSTEM(134, 11, &action, 0, 8, 0, 0); // SIGSEGV
  SYSTEM(134, 7, &action, 0, 8, 0, 0);  // SIGBUS
  ram = map_memory(-1, RAM_SIZE);
  memcpy(ram + (ENTRY - RAM), guest_image, (size_t)(guest_image_end - guest_image));
  write_tree(words);
  judge = must(open_at("/dev/vport0p1"), "the judge's port");
  set_up(must(open_at("/dev/kvm"), "/dev/kvm"));
  say(is_plain ? "vmm: a plain guest\n" : "vmm: a protected guest\n");
  is_hostile = has_word(words, "sharecheck.host=hostile");
  if (is_hostile) begin_haunting();
  serve();
  __builtin_unreachable();
}

__asm__(
    ".global _start\n_start: mov x29, #0\n mov x30, #0\n b main_\n"
    ".section .rodata\n.balign 4096\n.global guest_image, guest_image_end\n"
    "guest_image: .incbin \"" GUEST_IMAGE "\"\nguest_image_end:\n.text\n");
