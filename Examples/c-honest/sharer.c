/* A memory sharer in C that does what docs/SPEC.md says, for sharecheck to check.
 *
 * As simple as can be: a pool is a list of regions and a list of the buffers in them, and a new
 * buffer lies where the first gap is that is large and aligned enough. It uses the machine's heap,
 * and has no MMIO guard. With -DMAPPED it zeroes and copies with pointers, as firmware does, and
 * not by the machine's functions.
 *
 *     cc -shared -fPIC -O2 -I../../Sources/SubjectInterface/include sharer.c -o libsharer.so
 *     sharecheck run --subject ./libsharer.so
 */
#include <sharecheck_subject.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096u

enum {
  UID = 0x8600FF01u,
  FEATURES = 0x86000000u,
  MEMINFO = 0xC6000002u,
  SHARE,
  UNSHARE,
  MMIO_INFO
};

typedef struct sharecheck_range range;
typedef struct sharecheck_evidence evidence;

/* Ranges in an array that grows. */
typedef struct {
  range *items;
  size_t count, room;
} list;

enum state { UNINITIALISED, OPEN, CLOSED };
enum kind { ON_DEMAND, BEFORE_BOOT, NOTHING_SHARED };

typedef struct {
  const struct sharecheck_machine *machine;
  enum kind kind;
  enum state state;
  uint64_t granule;
  list regions; /* what the pool serves from */
  list buffers; /* blocks in use, by address */
  list kept;    /* regions that hold a lost granule, or that the heap refused */
  list lost;    /* granules that could not be taken back */
} sharer;

/* Lists. */

static void insert(list *list, size_t place, range item) {
  if (list->count == list->room) {
    list->room = list->room ? 2 * list->room : 16;
    list->items = realloc(list->items, list->room * sizeof *list->items);
    if (!list->items) abort();
  }
  memmove(list->items + place + 1, list->items + place, (list->count - place) * sizeof item);
  list->items[place] = item;
  list->count++;
}

static void append(list *list, range item) { insert(list, list->count, item); }

static void delete_at(list *list, size_t place) {
  list->count--;
  memmove(list->items + place, list->items + place + 1,
          (list->count - place) * sizeof *list->items);
}

/* Errors. */

static uint32_t fail(evidence *evidence, uint32_t error, uint64_t first, uint64_t second,
                     uint64_t third) {
  evidence->words[0] = first;
  evidence->words[1] = second;
  evidence->words[2] = third;
  evidence->words[3] = 0;
  return error;
}

/* Memory. */

#ifdef MAPPED
#define MEMORY SHARECHECK_MAPPED

static void *pointer(const sharer *self, uint64_t address) {
  return (void *)(uintptr_t)(address + self->machine->virtual_offset);
}

static void zero(const sharer *self, uint64_t start, uint64_t size) {
  memset(pointer(self, start), 0, size);
}

static void copy(const sharer *self, uint64_t from, uint64_t to, uint64_t size) {
  memcpy(pointer(self, to), pointer(self, from), size);
}
#else
#define MEMORY SHARECHECK_PORTS

static void zero(const sharer *self, uint64_t start, uint64_t size) {
  self->machine->zero(self->machine->context, start, size);
}

static void copy(const sharer *self, uint64_t from, uint64_t to, uint64_t size) {
  self->machine->copy(self->machine->context, from, to, size);
}
#endif

/* Hypercalls. */

static uint64_t call(const sharer *self, uint64_t function, uint64_t address) {
  uint64_t registers[4] = {function, address, 0, 0};
  self->machine->hypercall(self->machine->context, registers);
  return registers[0];
}

static bool unshared(const sharer *self, uint64_t granule) {
  return call(self, UNSHARE, granule) == 0;
}

/* After a SHARE that failed: shares the granule once more, as zeros, and takes it back. Only an
 * UNSHARE that answers 0 proves a granule private. */
static bool is_private(const sharer *self, uint64_t granule) {
  if (unshared(self, granule)) return true;
  zero(self, granule, self->granule);
  return call(self, SHARE, granule) == 0 && unshared(self, granule);
}

/* Regions. */

static void lose(sharer *self, uint64_t granule) {
  append(&self->lost, (range){granule, self->granule});
}

#ifndef REGION
/* What a refill takes for a block: large and aligned enough that the block fits wherever the heap
 * has it. */
#define REGION(size, block, granule) ((void)(size), (block) > (granule) ? (block) : (granule))
#define REGION_ALIGNMENT(region, granule) (region)
#endif

/* Scrubs what is private, and gives the region back if all of it is. Says whether it went back. */
static bool give_back(sharer *self, range region) {
  const struct sharecheck_machine *machine = self->machine;
  bool is_whole = true;
  if (self->kind == ON_DEMAND) {
    /* What was lost of this region was lost last. */
    uint8_t *is_lost = calloc(region.size / self->granule, 1);
    if (!is_lost) abort();
    for (size_t i = self->lost.count; i-- > 0;) {
      uint64_t offset = self->lost.items[i].start - region.start;
      if (offset >= region.size) break;
      is_lost[offset / self->granule] = 1;
    }
    for (uint64_t at = region.start; at != region.start + region.size; at += self->granule) {
      if (is_lost[(at - region.start) / self->granule])
        is_whole = false;
      else
        zero(self, at, self->granule);
    }
    free(is_lost);
  } else {
    zero(self, region.start, region.size);
  }
  if (is_whole &&
      machine->heap_deallocate(machine->context, region.start, region.size,
                               REGION_ALIGNMENT(region.size, self->granule)) == 0)
    return true;
  append(&self->kept, region);
  return false;
}

/* Shares all of a region, or nothing. */
static uint32_t share_region(sharer *self, range region, evidence *evidence) {
  for (uint64_t at = region.start; at != region.start + region.size; at += self->granule) {
    uint64_t answer = call(self, SHARE, at);
    if (answer == 0) continue;
    if (!is_private(self, at)) lose(self, at);
    for (uint64_t before = region.start; before != at; before += self->granule)
      if (!unshared(self, before)) lose(self, before);
    give_back(self, region);
    return fail(evidence, SHARECHECK_HYPERCALL_FAILED, SHARE, at, answer);
  }
  return SHARECHECK_OK;
}

/* Takes a region from the heap for the pool, in which a block for so many bytes fits. */
static uint32_t refill(sharer *self, uint64_t bytes, uint64_t block, evidence *evidence) {
  uint64_t size = REGION(bytes, block, self->granule);
  uint64_t alignment = REGION_ALIGNMENT(size, self->granule);
  uint64_t start;
  if (self->machine->heap_allocate(self->machine->context, size, alignment, &start))
    return fail(evidence, SHARECHECK_EXHAUSTED, size, alignment, 0);
  range region = {start, size};
  if (self->kind == ON_DEMAND) {
    uint32_t error = share_region(self, region, evidence);
    if (error) return error;
  }
  append(&self->regions, region);
  return SHARECHECK_OK;
}

/* The pool. */

/* Whether regions cover all of a block; regions may touch. */
static bool is_covered(const sharer *self, uint64_t start, uint64_t size) {
  while (size) {
    uint64_t step = 0;
    for (size_t i = 0; i < self->regions.count && !step; i++) {
      range region = self->regions.items[i];
      if (region.start <= start && start - region.start < region.size)
        step = region.size - (start - region.start);
    }
    if (!step) return false;
    if (step >= size) return true;
    start += step;
    size -= step;
  }
  return true;
}

/* Where a block of this size is free; false where none is. A gap begins at a region or behind a
 * buffer. */
static bool find(const sharer *self, uint64_t size, uint64_t *start) {
  size_t tries = self->regions.count + self->buffers.count;
  for (size_t i = 0; i < tries; i++) {
    bool is_region = i < self->regions.count;
    range item = is_region ? self->regions.items[i]
                           : self->buffers.items[i - self->regions.count];
    uint64_t at = is_region ? item.start : item.start + item.size;
    at = (at + size - 1) & ~(size - 1);
    if (at + (size - 1) < at || !is_covered(self, at, size)) continue;
    bool is_free = true;
    for (size_t k = 0; k < self->buffers.count && is_free; k++) {
      range used = self->buffers.items[k];
      is_free = used.start + (used.size - 1) < at || at + (size - 1) < used.start;
    }
    if (is_free) {
      *start = at;
      return true;
    }
  }
  return false;
}

/* The size of the block that serves a layout. */
static uint32_t block_size(const sharer *self, uint64_t size, uint64_t alignment, uint64_t *block,
                           evidence *evidence) {
  if (size == 0) return fail(evidence, SHARECHECK_SIZE_IS_ZERO, 0, 0, 0);
  if (alignment == 0 || (alignment & (alignment - 1)))
    return fail(evidence, SHARECHECK_ALIGNMENT_IS_NOT_A_POWER_OF_TWO, alignment, 0, 0);
  uint64_t least = size > alignment ? size : alignment;
  if (least > UINT64_C(1) << 63) return fail(evidence, SHARECHECK_SIZE_OVERFLOWS, size, 0, 0);
  *block = self->machine->minimum_block;
  while (*block < least) *block *= 2;
  return SHARECHECK_OK;
}

static uint32_t check_open(const sharer *self, evidence *evidence) {
  switch (self->state) {
    case UNINITIALISED: return fail(evidence, SHARECHECK_UNINITIALISED, 0, 0, 0);
    case CLOSED: return fail(evidence, SHARECHECK_CLOSED, 0, 0, 0);
    case OPEN: return SHARECHECK_OK;
  }
  abort();
}

static uint32_t alloc_shared(void *context, uint64_t size, uint64_t alignment, uint64_t *address,
                             evidence *evidence) {
  sharer *self = context;
  uint64_t block;
  uint32_t error = check_open(self, evidence);
  if (!error) error = block_size(self, size, alignment, &block, evidence);
  if (error) return error;
  if (block > self->machine->largest_pool_block)
    return fail(evidence, SHARECHECK_LARGER_THAN_THE_TOP_ORDER, size, alignment, 0);
  bool is_found = find(self, block, address);
  if (!is_found && self->kind != BEFORE_BOOT) {
    error = refill(self, size, block, evidence);
    if (error) return error;
    is_found = find(self, block, address);
  }
  if (!is_found) return fail(evidence, SHARECHECK_EXHAUSTED, size, alignment, 0);
  size_t place = 0;
  while (place < self->buffers.count && self->buffers.items[place].start < *address) place++;
  insert(&self->buffers, place, (range){*address, block});
  return SHARECHECK_OK;
}

/* The place of a buffer that is freed with this layout. */
static uint32_t find_buffer(const sharer *self, uint64_t address, uint64_t size,
                            uint64_t alignment, size_t *place, evidence *evidence) {
  uint64_t block;
  uint32_t error = check_open(self, evidence);
  if (!error) error = block_size(self, size, alignment, &block, evidence);
  if (error) return error;
  for (*place = 0; *place < self->buffers.count; ++*place) {
    range used = self->buffers.items[*place];
    if (used.start != address) continue;
    if (used.size == block) return SHARECHECK_OK;
    return fail(evidence, SHARECHECK_ALLOCATED_WITH_ANOTHER_LAYOUT, address, 0, 0);
  }
  return fail(evidence, SHARECHECK_NOT_ALLOCATED, address, 0, 0);
}

static uint32_t dealloc_shared(void *context, uint64_t address, uint64_t size, uint64_t alignment,
                               evidence *evidence) {
  sharer *self = context;
  size_t place;
  uint32_t error = find_buffer(self, address, size, alignment, &place, evidence);
  if (!error) delete_at(&self->buffers, place);
  return error;
}

static uint32_t unshare_all(void *context, struct sharecheck_unshared *report) {
  sharer *self = context;
  *report = (struct sharecheck_unshared){0};
  if (self->state == CLOSED) return SHARECHECK_OK;
  self->state = CLOSED;
  self->buffers.count = 0;
  report->regions_kept = self->kept.count;
  while (self->kind != BEFORE_BOOT && self->regions.count) {
    range region = self->regions.items[--self->regions.count];
    if (self->kind == ON_DEMAND) {
      for (uint64_t at = region.start; at != region.start + region.size; at += self->granule) {
        if (unshared(self, at))
          report->granules_unshared++;
        else
          lose(self, at);
      }
    }
    if (give_back(self, region))
      report->regions_returned++;
    else
      report->regions_kept++;
  }
  report->granules_quarantined = self->lost.count;
  return SHARECHECK_OK;
}

/* The virtio HAL. */

static uint32_t bytes_of(uint64_t pages, uint64_t *size, evidence *evidence) {
  if (pages > UINT64_MAX / PAGE) return fail(evidence, SHARECHECK_SIZE_OVERFLOWS, pages, 0, 0);
  *size = pages * PAGE;
  return SHARECHECK_OK;
}

static uint32_t dma_alloc(void *context, uint64_t pages, uint32_t direction, uint64_t *address,
                          uint64_t *virtual_address, evidence *evidence) {
  (void)direction;
  sharer *self = context;
  uint64_t size;
  uint32_t error = check_open(self, evidence);
  if (!error) error = bytes_of(pages, &size, evidence);
  if (!error) error = alloc_shared(self, size, PAGE, address, evidence);
  if (error) return error;
  zero(self, *address, size);
  *virtual_address = *address + self->machine->virtual_offset;
  return SHARECHECK_OK;
}

static uint32_t dma_dealloc(void *context, uint64_t address, uint64_t pages, evidence *evidence) {
  uint64_t size;
  uint32_t error = check_open(context, evidence);
  if (!error) error = bytes_of(pages, &size, evidence);
  return error ? error : dealloc_shared(context, address, size, PAGE, evidence);
}

/* The physical address of a driver's buffer. */
static uint32_t check_buffer(const sharer *self, uint64_t buffer, uint64_t size, uint64_t *start,
                             evidence *evidence) {
  if (size == 0) return fail(evidence, SHARECHECK_SIZE_IS_ZERO, 0, 0, 0);
  *start = buffer - self->machine->virtual_offset;
  if (*start + size < *start) return fail(evidence, SHARECHECK_RANGE_OVERFLOWS, *start, size, 0);
  return SHARECHECK_OK;
}

static uint32_t share(void *context, uint64_t buffer, uint64_t size, uint32_t direction,
                      uint64_t *address, evidence *evidence) {
  sharer *self = context;
  uint64_t source;
  uint32_t error = check_open(self, evidence);
  if (!error) error = check_buffer(self, buffer, size, &source, evidence);
  if (!error) error = alloc_shared(self, size, 16, address, evidence);
  if (error) return error;
  if (direction == SHARECHECK_FROM_DEVICE)
    zero(self, *address, size);
  else
    copy(self, source, *address, size);
  return SHARECHECK_OK;
}

static uint32_t unshare(void *context, uint64_t address, uint64_t buffer, uint64_t size,
                        uint32_t direction, evidence *evidence) {
  sharer *self = context;
  uint64_t destination;
  size_t place;
  uint32_t error = check_open(self, evidence);
  if (!error) error = check_buffer(self, buffer, size, &destination, evidence);
  if (!error) error = find_buffer(self, address, size, 16, &place, evidence);
  if (error) return error;
  if (direction != SHARECHECK_TO_DEVICE)
    copy(self, address, destination, size);
  delete_at(&self->buffers, place);
  return SHARECHECK_OK;
}

/* The beginning and the end. */

static const uint32_t kvm[4] = {0xB66FB428u, 0xE911C52Eu, 0x564BCAA9u, 0x743A004Du};
static const uint32_t gunyah[4] = {0xCD8FD5C1u, 0xDB5F53A4u, 0x36CE6592u, 0x145F3D67u};
static const uint32_t geniezone[4] = {0xD04E137Eu, 0x8D48823Bu, 0xC169EE8Cu, 0xE7DB1192u};

static uint32_t detect(sharer *self, evidence *evidence) {
  uint64_t registers[4] = {UID, 0, 0, 0};
  uint32_t words[4];
  self->machine->hypercall(self->machine->context, registers);
  for (int i = 0; i < 4; i++) words[i] = (uint32_t)registers[i];
  if (!memcmp(words, gunyah, sizeof words)) {
    self->kind = BEFORE_BOOT;
  } else if (!memcmp(words, geniezone, sizeof words)) {
    self->kind = ON_DEMAND;
  } else if (!memcmp(words, kvm, sizeof words)) {
    /* A machine with an MMIO guard is protected; of one without, the features say whether it is. */
    int64_t answer = (int64_t)call(self, MMIO_INFO, 0);
    if (answer <= 0 && answer != -1)
      return fail(evidence, SHARECHECK_HYPERCALL_FAILED, MMIO_INFO, 0, (uint64_t)answer);
    if (answer > 0) {
      self->kind = ON_DEMAND;
      return SHARECHECK_OK;
    }
    uint64_t features = call(self, FEATURES, 0);
    /* Bit 0 is their own, bits 2 to 4 share, bits 5 to 8 guard. */
    if ((uint32_t)features == UINT32_MAX || (features & 0x1FD) == 0x1)
      self->kind = NOTHING_SHARED;
    else if ((features & 0x1FD) == 0x1D)
      self->kind = ON_DEMAND;
    else
      return fail(evidence, SHARECHECK_HYPERCALL_FAILED, FEATURES, 0, features);
  } else {
    fail(evidence, 0, words[0], words[1], words[2]);
    evidence->words[3] = words[3];
    return SHARECHECK_UNKNOWN_HYPERVISOR;
  }
  return SHARECHECK_OK;
}

static void destroy(void *context) {
  sharer *self = context;
  bool is_reported = self->state == CLOSED;
  struct sharecheck_unshared report;
  unshare_all(self, &report);
  for (size_t i = 0; !is_reported && i < self->lost.count; i++)
    self->machine->abandoned(self->machine->context, self->lost.items[i].start,
                             self->lost.items[i].size);
  free(self->regions.items);
  free(self->buffers.items);
  free(self->kept.items);
  free(self->lost.items);
  free(self);
}

static uint32_t create(const struct sharecheck_machine *machine, void **context,
                       evidence *evidence) {
  sharer *self = calloc(1, sizeof *self);
  if (!self) abort();
  self->machine = machine;
  self->granule = 1;
  uint32_t error = detect(self, evidence);
  if (error) {
    free(self);
    return error;
  }
  *context = self;
  return SHARECHECK_OK;
}

static bool overlap(range a, range b) {
  return a.start <= b.start + (b.size - 1) && b.start <= a.start + (a.size - 1);
}

/* A range that was shared before boot becomes the pool. */
static uint32_t init_static(sharer *self, const range *given, evidence *evidence) {
  const struct sharecheck_machine *machine = self->machine;
  if (!given) return fail(evidence, SHARECHECK_NO_STATIC_RANGE, 0, 0, 0);
  uint64_t start = given->start, size = given->size;
  if (size == 0) return fail(evidence, SHARECHECK_RANGE_IS_EMPTY, start, 0, 0);
  if (start + size < start) return fail(evidence, SHARECHECK_RANGE_OVERFLOWS, start, size, 0);
  if (start % PAGE || size % PAGE)
    return fail(evidence, SHARECHECK_RANGE_IS_MISALIGNED, start, size, 0);
  if (start == 0) return fail(evidence, SHARECHECK_RANGE_HOLDS_ADDRESS_ZERO, start, size, 0);
  if (overlap(*given, machine->arena))
    return fail(evidence, SHARECHECK_RANGE_OVERLAPS, start, size, 0);
  range memory = machine->memory;
  if (start < memory.start || start + size > memory.start + memory.size)
    return fail(evidence, SHARECHECK_RANGE_IS_OUTSIDE, start, size, 0);
  uint64_t block = machine->minimum_block;
  uint64_t first = start % block ? start - start % block + block : start;
  if (first < start || first / block >= (start + size) / block)
    return fail(evidence, SHARECHECK_RANGE_IS_EMPTY, start, 0, 0);
  append(&self->regions, *given);
  return SHARECHECK_OK;
}

static uint32_t init(void *context, uint32_t how, const range *given, evidence *evidence) {
  sharer *self = context;
  (void)how; /* A first init by name is always the one that the hypervisor wants. */
  if (self->state == OPEN) return fail(evidence, SHARECHECK_ALREADY_INITIALISED, 0, 0, 0);
  if (self->state == CLOSED) return fail(evidence, SHARECHECK_CLOSED, 0, 0, 0);
  if (self->kind == ON_DEMAND) {
    int64_t answer = (int64_t)call(self, MEMINFO, 0);
    if (answer < 0)
      return fail(evidence, SHARECHECK_HYPERCALL_FAILED, MEMINFO, 0, (uint64_t)answer);
    if (answer == 0 || (answer & (answer - 1)))
      return fail(evidence, SHARECHECK_GRANULE_IS_NOT_A_POWER_OF_TWO, (uint64_t)answer, 0, 0);
    self->granule = (uint64_t)answer;
  } else if (self->kind == BEFORE_BOOT) {
    uint32_t error = init_static(self, given, evidence);
    if (error) return error;
  }
  self->state = OPEN;
  return SHARECHECK_OK;
}

const struct sharecheck_subject *sharecheck_subject(void) {
  static const struct sharecheck_subject subject = {
      .version = SHARECHECK_SUBJECT_VERSION,
      .size = sizeof subject,
      .name = "c-honest",
      .memory = MEMORY,
      .create = create,
      .destroy = destroy,
      .init = init,
      .alloc_shared = alloc_shared,
      .dealloc_shared = dealloc_shared,
      .unshare_all = unshare_all,
      .dma_alloc = dma_alloc,
      .dma_dealloc = dma_dealloc,
      .share = share,
      .unshare = unshare,
  };
  return &subject;
}
