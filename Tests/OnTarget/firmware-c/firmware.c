/* The firmware of a protected VM in C, on the core as a library for C: from boot to the guest OS.
 *
 * What `firmware` does in Swift with the device, less its attacks: the MMIO guard, a pool as the
 * hypervisor wants it, hypercalls that fail, wrong frees, a call inside a call, bounces of each
 * direction, a virtio disk by the HAL, the teardown. The monitor says what is shared.
 */
#include "machine.h"

#include <memory_sharing.h>
#include <stdbool.h>
#include <stddef.h>

#define PAGE 4096u

/* ---- Places: those of ../README.md */

enum {
  CONSOLE = 0x09000000,
  PCI_WINDOW = 0x10000000,
  PCI_CONFIGURATION = 0x3F000000,
  PCI_PAGES = 32 * 8,
  RAM = 0x40000000,
  RAM_SIZE = 0x0D000000,
  DRIVER = 0x48400000, /* the driver's own, private memory */
  STATIC_POOL = 0x48F10000,
  STATIC_POOL_SIZE = 0xF0000,
  ARENA = 0x49000000,
  ARENA_SIZE = 0x400000
};

/* ---- The test's own calls to the monitor: judge/shared/ControlCall.swift */

enum {
  SHARED_COUNT = 0xC600FF10,
  AUDIT = 0xC600FF14,
  BEGIN_COMMAND = 0xC600FF30,
  HOST_FILL = 0xC600FF42
};
enum { FAILS = 1, FAILS_BUT_TAKES_EFFECT = 2 };
#define INVALID_PARAMETER ((uint64_t)-3)
#define SHARE_CALL 0xC6000003u

static uint64_t shared_granules(void) { return hvc(SHARED_COUNT, 0, 0, 0).x1; }
static bool is_consistent(void) { return hvc(AUDIT, 0, 0, 0).x1 == 0; }
/* Has the n-th hypercall from now on fail; 0 for none. */
static void fail_call(uint64_t n, uint64_t kind) { hvc(BEGIN_COMMAND, n, kind, INVALID_PARAMETER); }
static bool host_writes(uint8_t byte, uint64_t start, uint64_t size) {
  return hvc(HOST_FILL, start, size, byte).x0 == 0;
}

/* ---- What is said */

static void say(const char *text) {
  while (*text) w32(CONSOLE, (uint32_t)*text++);
}

static void say_number(uint64_t value) {
  if (value >= 10) say_number(value / 10);
  w32(CONSOLE, (uint32_t)('0' + value % 10));
}

_Noreturn static void fail(const char *what) {
  say("FAIL ");
  say(what);
  say("\n");
  leave(1);
  for (;;) {}
}

static void check(bool holds, const char *what) {
  if (!holds) fail(what);
}

static void passed(const char *what) {
  say("ok   ");
  say(what);
  say("\n");
}

void report_fatal(uint64_t syndrome, uint64_t place, uint64_t address) {
  say("exception: syndrome ");
  say_number(syndrome);
  say(" at ");
  say_number(place);
  say(" address ");
  say_number(address);
  say("\n");
  leave(3);
}

/* ---- The core and its ports */

static struct sharing_heap heap;
static struct sharing_guest guest;
static struct sharing_evidence evidence;
static uint64_t heap_metadata[0x4000 / 8], pool_metadata[0x100000 / 8], records[0x1000 / 8],
    mmio_records[8 * SHARING_MMIO_RECORD_SIZE / 8];
/* What a call inside a call answered; asked once, in the middle of the next hypercall. */
static uint32_t nested_answer;
static bool asks_nested;

static void hypercall(void *context, uint64_t words[4]) {
  (void)context;
  if (asks_nested) {
    uint64_t address;
    asks_nested = false;
    nested_answer = sharing_alloc_shared(&guest, 16, 16, &address, NULL);
  }
  registers answer = hvc(words[0], words[1], words[2], words[3]);
  words[0] = answer.x0;
  words[1] = answer.x1;
  words[2] = answer.x2;
  words[3] = answer.x3;
}

static void abandon(void *context, uint64_t start, uint64_t size) {
  (void)context, (void)start, (void)size;
  say("FAIL abandoned granules\n");
  leave(4);
}

static void zero(void *context, uint64_t start, uint64_t size) {
  (void)context;
  memset((void *)start, 0, size);
}

static void copy(void *context, uint64_t from, uint64_t to, uint64_t size) {
  (void)context;
  memcpy((void *)to, (const void *)from, size);
}

static const struct sharing_ports ports = {
    .hypercall = hypercall, .abandon = abandon, .zero = zero, .copy = copy};

static struct sharing_storage storage(void *bytes, uint64_t size) {
  return (struct sharing_storage){bytes, size};
}

static void make_guest(bool is_android13) {
  struct sharing_range arena = {ARENA, ARENA_SIZE};
  uint32_t error = sharing_heap_create(&heap, &ports, arena, arena, PAGE, 32,
                                       storage(heap_metadata, sizeof heap_metadata), &evidence);
  struct sharing_machine machine = {
      .ports = &ports,
      .memory = {RAM, RAM_SIZE},
      .arena = arena,
      .heap = &heap,
      .minimum_block = 16,
      .orders = 32,
      .pool_metadata = storage(pool_metadata, sizeof pool_metadata),
      .region_records = storage(records, sizeof records),
      .mmio_records = storage(mmio_records, sizeof mmio_records),
      .is_android13 = is_android13,
  };
  if (!error) error = sharing_create(&guest, &machine, &evidence);
  /* Nobody would hear. */
  if (error) leave(1);
}

/* ---- Words of the command line. It stands in the device tree, which is searched for them. */

static bool is_word_at(const char *at, const char *end, const char *word) {
  while (*word)
    if (at == end || *at++ != *word++) return false;
  return at == end || *at == ' ' || *at == 0;
}

static bool has_word(uint64_t tree, const char *word) {
  const char *at = (const char *)tree, *end = at + __builtin_bswap32(((const uint32_t *)tree)[1]);
  for (; at < end; at++)
    if (is_word_at(at, end, word)) return true;
  return false;
}

/* ---- The pool */

/* Each SHARE of a refill fails in turn: answered with its evidence, and taken back. */
static void check_failures(void) {
  uint64_t before = shared_granules(), address;
  for (uint64_t kind = FAILS; kind <= FAILS_BUT_TAKES_EFFECT; kind++)
    for (uint64_t n = 1; n <= 8; n++) {
      fail_call(n, kind);
      uint32_t error = sharing_alloc_shared(&guest, 0x100000, 16, &address, &evidence);
      fail_call(0, 0);
      check(error == SHARING_HYPERCALL_FAILED, "a SHARE that fails is told");
      check(evidence.words[0] == SHARE_CALL && evidence.words[2] == INVALID_PARAMETER,
            "and so is what it answered");
      check(evidence.words[1] >= ARENA && evidence.words[1] < ARENA + ARENA_SIZE,
            "and which granule it was");
      check(shared_granules() == before, "a refill that fails takes back what it shared");
      check(is_consistent(), "translations follow a refill that fails");
    }
  passed("each SHARE of a refill fails in turn: told, rolled back, and the pool works on");
}

static void check_refusals(bool calls_nested) {
  uint64_t first, second;
  check(sharing_init(&guest, SHARING_INIT_STANDARD, NULL, NULL) == SHARING_ALREADY_INITIALISED,
        "a second init is refused");
  asks_nested = calls_nested;
  check(!sharing_alloc_shared(&guest, 100, 16, &first, &evidence), "the pool serves");
  check(!calls_nested || nested_answer == SHARING_BUSY,
        "a call in the middle of a hypercall is refused");
  check(!sharing_alloc_shared(&guest, 100, 16, &second, &evidence) && first != second,
        "the pool serves another buffer");
  check(sharing_dealloc_shared(&guest, first + 16, 100, 16, &evidence) == SHARING_NOT_ALLOCATED &&
            evidence.words[0] == first + 16,
        "a free of what is not allocated is refused");
  check(sharing_dealloc_shared(&guest, first, 4096, 16, &evidence) ==
            SHARING_ALLOCATED_WITH_ANOTHER_LAYOUT,
        "a free with another layout is refused");
  check(!sharing_dealloc_shared(&guest, first, 100, 16, &evidence), "a buffer goes back");
  check(sharing_dealloc_shared(&guest, first, 100, 16, &evidence) == SHARING_NOT_ALLOCATED,
        "a second free is refused");
  check(sharing_alloc_shared(&guest, 0, 16, &first, &evidence) == SHARING_SIZE_IS_ZERO,
        "a buffer of no bytes is refused");
  passed("wrong requests are refused, each with its own error");
}

static bool is_filled(uint64_t at, uint64_t size, uint8_t byte) {
  for (; size--; at++)
    if (r8(at) != byte) return false;
  return true;
}

/* Bounces copy as their direction says, and the host sees the bounce alone. */
static void check_bounces(void) {
  uint64_t address;
  for (uint32_t direction = SHARING_TO_DEVICE; direction <= SHARING_BOTH; direction++) {
    memset((void *)DRIVER, 0x5A, 600);
    check(!sharing_share(&guest, DRIVER, 600, direction, &address, &evidence), "a bounce is made");
    check(is_filled(address, 600, direction == SHARING_FROM_DEVICE ? 0 : 0x5A),
          "a bounce holds what goes to the device, and else zeros");
    check(host_writes(0xC3, address, 600), "the host reaches a bounce");
    check(is_filled(DRIVER, 600, 0x5A), "what the host writes stays in the bounce");
    check(!sharing_unshare(&guest, address, DRIVER, 600, direction, &evidence), "a bounce ends");
    check(is_filled(DRIVER, 600, direction == SHARING_TO_DEVICE ? 0x5A : 0xC3),
          "what was only sent does not come back");
  }
  passed("bounces copy as their direction says");
}

/* ---- The disk: Virtio 1.2, 4.1.4, 2.7 and 5.2 */

enum { SECTOR = 512, QUEUE = 8 };

static struct {
  uint64_t common, notify, configuration, interrupt;
  uint32_t multiplier;
  uint64_t ring; /* as device and driver see it: addresses are mapped where they are */
  uint16_t submitted;
} disk;

static void map(uint64_t start, uint64_t size, bool is_guarded) {
  struct sharing_range range = {start, size};
  if (!is_guarded) return;
  uint64_t before = aborts();
  (void)r32(start);
  check(aborts() == before + 1, "a device is out of reach until it is declared");
  check(!sharing_map_mmio(&guest, range, &evidence), "a device can be declared");
  check(sharing_map_mmio(&guest, range, &evidence) == SHARING_ALREADY_MAPPED &&
            evidence.words[0] == start,
        "a device is declared once");
}

/* Places the BAR of the disk, and finds its registers in it. */
static void find_disk(bool is_guarded) {
  map(PCI_CONFIGURATION, PCI_PAGES * PAGE, is_guarded);
  uint64_t function = PCI_CONFIGURATION;
  while (function < PCI_CONFIGURATION + PCI_PAGES * PAGE && r32(function) != 0x10421AF4)
    function += 8 * PAGE;
  check(function < PCI_CONFIGURATION + PCI_PAGES * PAGE, "there is a modern virtio-blk device");
  uint64_t bar = 0, size = 0;
  for (uint64_t at = r8(function + 0x34); at; at = r8(function + at + 1)) {
    uint64_t capability = function + at;
    if (r8(capability) != 9 || r8(capability + 3) < 1 || r8(capability + 3) > 4) continue;
    if (!bar) {
      uint64_t place = function + 0x10 + 4u * r8(capability + 4);
      w32(place, 0xFFFFFFFF);
      size = (uint32_t)(~(r32(place) & ~15u) + 1);
      bar = (PCI_WINDOW + size - 1) & ~(size - 1);
      w32(place, (uint32_t)bar);
      w32(place + 4, 0);
      w16(function + 4, 1 << 1 | 1 << 2);
    }
    uint64_t address = bar + r32(capability + 8);
    switch (r8(capability + 3)) {
    case 1: disk.common = address; break;
    case 2: disk.notify = address, disk.multiplier = r32(capability + 16); break;
    case 3: disk.interrupt = address; break;
    case 4: disk.configuration = address; break;
    }
  }
  check(disk.common && disk.notify && disk.configuration && disk.interrupt,
        "the disk has all registers");
  map(bar, size, is_guarded);
}

static void start_disk(void) {
  uint64_t virtual;
  w8(disk.common + 0x14, 0);
  while (r8(disk.common + 0x14)) {}
  w8(disk.common + 0x14, 1 | 2);
  for (uint32_t word = 0; word < 2; word++) {
    /* VERSION_1 and ACCESS_PLATFORM. */
    w32(disk.common + 0x08, word);
    w32(disk.common + 0x0C, word ? 3 : 0);
  }
  w8(disk.common + 0x14, 1 | 2 | 8);
  check(r8(disk.common + 0x14) & 8, "the disk takes the features");
  check(!sharing_dma_alloc(&guest, 1, SHARING_BOTH, &disk.ring, &virtual, &evidence) &&
            virtual == disk.ring,
        "the pool serves a ring");
  check(is_filled(disk.ring, PAGE, 0), "a ring is zeroed");
  w16(disk.common + 0x16, 0);
  w16(disk.common + 0x18, QUEUE);
  for (int part = 0; part < 3; part++) {
    w32(disk.common + 0x20 + 8u * (unsigned)part, (uint32_t)disk.ring + 0x200u * (unsigned)part);
    w32(disk.common + 0x24 + 8u * (unsigned)part, 0);
  }
  w16(disk.common + 0x1C, 1);
  w8(disk.common + 0x14, 1 | 2 | 8 | 4);
}

static void describe(uint64_t index, uint64_t address, uint32_t length, uint16_t flags) {
  uint64_t at = disk.ring + index * 16;
  w64(at, address);
  w32(at + 8, length);
  w16(at + 12, flags);
  w16(at + 14, (uint16_t)(index + 1));
}

/* Reads (0) or writes (1) one sector at DRIVER + 0x1000, by bounces. */
static void transfer(uint32_t operation, uint64_t sector) {
  uint64_t header = 0, data = 0, status = 0;
  uint32_t direction = operation ? SHARING_TO_DEVICE : SHARING_FROM_DEVICE;
  w32(DRIVER, operation);
  w32(DRIVER + 4, 0);
  w64(DRIVER + 8, sector);
  w8(DRIVER + 0x100, 0xFF);
  check(!sharing_share(&guest, DRIVER, 16, SHARING_TO_DEVICE, &header, &evidence) &&
            !sharing_share(&guest, DRIVER + 0x1000, SECTOR, direction, &data, &evidence) &&
            !sharing_share(&guest, DRIVER + 0x100, 1, SHARING_FROM_DEVICE, &status, &evidence),
        "a request is bounced");
  describe(0, header, 16, 1);
  describe(1, data, SECTOR, operation ? 1 : 1 | 2);
  describe(2, status, 1, 2);
  w16(disk.ring + 0x204 + 2u * (disk.submitted % QUEUE), 0);
  data_barrier();
  w16(disk.ring + 0x202, ++disk.submitted);
  data_barrier();
  w16(disk.common + 0x16, 0);
  w16(disk.notify + (uint64_t)r16(disk.common + 0x1E) * disk.multiplier, 0);
  while (r16(disk.ring + 0x402) != disk.submitted) relax();
  data_barrier();
  check(!sharing_unshare(&guest, header, DRIVER, 16, SHARING_TO_DEVICE, &evidence) &&
            !sharing_unshare(&guest, data, DRIVER + 0x1000, SECTOR, direction, &evidence) &&
            !sharing_unshare(&guest, status, DRIVER + 0x100, 1, SHARING_FROM_DEVICE, &evidence),
        "a request ends");
  check(r8(DRIVER + 0x100) == 0, "the disk says that all went well");
}

/* Whether a sector is as the disk was made: `sector 00000009 ` again and again. */
static bool is_sector(uint64_t sector) {
  char text[16] = "sector ";
  text[15] = ' ';
  for (int digit = 14; digit >= 7; digit--, sector /= 10) text[digit] = (char)('0' + sector % 10);
  for (unsigned i = 0; i < SECTOR; i++)
    if (r8(DRIVER + 0x1000 + i) != (uint8_t)text[i % 16]) return false;
  return true;
}

static void check_disk(bool is_guarded) {
  find_disk(is_guarded);
  start_disk();
  transfer(0, 9);
  check(is_sector(9), "a sector is read");
  memset((void *)(DRIVER + 0x1000), 0xE1, SECTOR);
  transfer(1, 9);
  memset((void *)(DRIVER + 0x1000), 0, SECTOR);
  transfer(0, 9);
  check(is_filled(DRIVER + 0x1000, SECTOR, 0xE1), "a sector that was written is read again");
  transfer(0, 10);
  check(is_sector(10), "its neighbour is as it was");
  passed("the disk reads and writes by bounces");
}

/* ---- From boot to the guest OS */

uint64_t firmware_main(uint64_t tree) {
  const struct sharing_range before_boot = {STATIC_POOL, STATIC_POOL_SIZE};
  bool is_gunyah = has_word(tree, "sharecheck.backend=gunyah");
  bool shares_on_demand = !is_gunyah && !has_word(tree, "sharecheck.backend=kvm");
  make_guest(has_word(tree, "sharecheck.backend=pkvm-android13"));
  uint32_t guarded = sharing_map_mmio(&guest, (struct sharing_range){CONSOLE, PAGE}, &evidence);
  if (guarded && guarded != SHARING_MMIO_GUARD_UNSUPPORTED) leave(1);
  bool is_upstream = has_word(tree, "sharecheck.backend=pkvm-linux");
  check((guarded == 0) == (shares_on_demand && !is_upstream), "the core knows the hypervisor");
  passed("the core in C is there");

  uint64_t before = shared_granules(), address;
  check(!sharing_init(&guest, SHARING_INIT_STANDARD, &before_boot, &evidence), "the pool starts");
  if (shares_on_demand) check_failures();
  check_refusals(shares_on_demand);
  check(shares_on_demand == (shared_granules() > before), "granules are shared on demand");
  check_bounces();
  check_disk(guarded == 0);
  w8(disk.common + 0x14, 0);
  while (r8(disk.common + 0x14)) {}

  /* Buffers that nobody frees: the teardown takes them back all the same. */
  for (uint64_t pages = 1; pages <= 8; pages *= 2)
    check(!sharing_dma_alloc(&guest, pages, SHARING_BOTH, &address, &address, &evidence),
          "the pool serves until the end");
  check(is_consistent(), "translations follow the pool");
  say("     shared until here: ");
  say_number(shared_granules());
  say(", and no buffer is freed by hand; entering the guest OS\n");

  struct sharing_unshare_report report;
  struct sharing_mmio_report withdrawn;
  check(!sharing_unshare_all(&guest, &report) && report.granules_quarantined == 0,
        "the last teardown quarantines nothing");
  check(is_gunyah || is_filled(ARENA, ARENA_SIZE, 0), "the last teardown scrubs all");
  check(sharing_alloc_shared(&guest, 16, 16, &address, NULL) == SHARING_CLOSED,
        "nothing is served after it");
  /* What a run plants, to see that it is refused. */
  if (has_word(tree, "sharecheck.defect=leaks-granule")) hvc(SHARE_CALL, 0x48000000, 0, 0);
  /* Nobody hears of it but by the status. */
  if (sharing_unmap_all_mmio(&guest, &withdrawn) || withdrawn.still_mapped) leave(1);
  return tree;
}
