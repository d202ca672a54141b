/* The core of this project in a library for C, as sharecheck checks it.
 *
 * An example of what links libmemory_sharing.a, and of a subject that promises all there is.
 *
 *     ../../ci/library build
 *     cc -shared -fPIC -O2 -I../../Sources/SubjectInterface/include -Ibuild sharer.c \
 *       build/libmemory_sharing.a -o libsharer.so
 *     sharecheck run --subject ./libsharer.so
 */
#include <memory_sharing.h>
#include <sharecheck_subject.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct sharing_evidence) == sizeof(struct sharecheck_evidence), "evidence");
_Static_assert((int)SHARING_BUSY == (int)SHARECHECK_BUSY, "errors have the same numbers");

/* The record of a region has a bit for each granule: those of a tebibyte fit. */
#define GRANULES ~UINT64_C(4095)
#define LARGEST_BLOCK (UINT64_C(1) << 40)
#define RECORDS (UINT64_C(1) << 26)

typedef struct sharecheck_evidence evidence;

typedef struct {
  const struct sharecheck_machine *machine;
  struct sharing_ports ports;
  struct sharing_heap heap;
  struct sharing_guest guest;
  struct sharing_storage storage[4];
} sharer;

/* The guest of a subject, and where its evidence goes. */
static struct sharing_guest *guest(void *self) { return &((sharer *)self)->guest; }
static struct sharing_evidence *words(evidence *evidence) {
  return (struct sharing_evidence *)evidence;
}

static struct sharing_range range(struct sharecheck_range range) {
  return (struct sharing_range){range.start, range.size};
}

/* ---- Ports: the core calls these, with the sharer as context. */

static void hypercall(void *context, uint64_t registers[4]) {
  const struct sharecheck_machine *machine = ((sharer *)context)->machine;
  machine->hypercall(machine->context, registers);
}

static void abandon(void *context, uint64_t start, uint64_t size) {
  const struct sharecheck_machine *machine = ((sharer *)context)->machine;
  machine->abandoned(machine->context, start, size);
}

static void zero(void *context, uint64_t start, uint64_t size) {
  const struct sharecheck_machine *machine = ((sharer *)context)->machine;
  machine->zero(machine->context, start, size);
}

static void copy(void *context, uint64_t from, uint64_t to, uint64_t size) {
  const struct sharecheck_machine *machine = ((sharer *)context)->machine;
  machine->copy(machine->context, from, to, size);
}

/* Regions come from the core's own heap, which asks and tells the checks. */
static uint32_t take_region(void *context, uint64_t size, uint64_t alignment, uint64_t *address) {
  sharer *self = context;
  const struct sharecheck_machine *machine = self->machine;
  if (!machine->region_may_be_taken(machine->context, size, alignment)) return SHARING_EXHAUSTED;
  uint32_t error = sharing_heap_alloc(&self->heap, size, alignment, 1, address, NULL);
  if (error)
    machine->region_missing(machine->context, size, alignment);
  else
    machine->region_taken(machine->context, *address, size, alignment);
  return error;
}

static uint32_t return_region(void *context, uint64_t address, uint64_t size, uint64_t alignment) {
  sharer *self = context;
  const struct sharecheck_machine *machine = self->machine;
  if (!machine->region_may_return(machine->context, address, size)) return SHARING_NOT_ALLOCATED;
  uint32_t error = sharing_heap_dealloc(&self->heap, address, size, alignment, NULL);
  if (!error) machine->region_returned(machine->context, address, size, alignment);
  return error;
}

/* ---- From the first call to the last */

static uint64_t orders(uint64_t largest, uint64_t minimum) {
  uint64_t count = 1;
  while (largest / minimum > UINT64_C(1) << (count - 1)) count++;
  return count;
}

/* malloc touches nothing, and the core only what it needs. */
static struct sharing_storage storage(uint64_t bytes) {
  return (struct sharing_storage){malloc(bytes), bytes};
}

static void discard(void *context) {
  sharer *self = context;
  for (int i = 0; i < 4; i++) free(self->storage[i].bytes);
  free(self);
}

static uint32_t create(const struct sharecheck_machine *machine, void **made, evidence *evidence) {
  sharer *self = calloc(1, sizeof *self);
  uint64_t block = machine->minimum_block;
  uint64_t pool = orders(machine->largest_pool_block, block);
  uint64_t heap = orders(machine->largest_heap_block, block);
  struct sharing_range arena = range(machine->arena);
  /* What was shared before boot lies in the memory, outside of the arena. */
  struct sharing_range window =
      strcmp(machine->hypervisor, "gunyah") ? arena : range(machine->memory);
  self->machine = machine;
  self->ports = (struct sharing_ports){
      .context = self,
      .hypercall = hypercall,
      .abandon = abandon,
      .zero = zero,
      .copy = copy,
      .take_region = take_region,
      .return_region = return_region,
      .virtual_offset = machine->virtual_offset,
  };
  self->storage[0] = storage(sharing_metadata_size(arena, block, heap));
  self->storage[1] = storage(sharing_metadata_size(window, block, pool));
  self->storage[2] = storage(RECORDS);
  self->storage[3] = storage(machine->mmio_regions * SHARING_MMIO_RECORD_SIZE);
  struct sharing_machine known = {
      .ports = &self->ports,
      .memory = range(machine->memory),
      .arena = arena,
      .devices = range(machine->devices),
      .heap = &self->heap,
      .minimum_block = block,
      .orders = pool,
      .pool_metadata = self->storage[1],
      .region_records = self->storage[2],
      .mmio_records = self->storage[3],
      .is_android13 = machine->is_android13,
  };
  uint32_t error =
      sharing_heap_create(&self->heap, &self->ports, arena, range(machine->arena_at_start), block,
                          heap, self->storage[0], words(evidence));
  if (!error) {
    error = sharing_create(&self->guest, &known, words(evidence));
    if (error) sharing_heap_drop(&self->heap);
  }
  if (error) {
    discard(self);
    return error;
  }
  *made = self;
  return SHARECHECK_OK;
}

static void destroy(void *context) {
  sharer *self = context;
  sharing_drop(&self->guest);
  sharing_heap_drop(&self->heap);
  discard(self);
}

static uint32_t init(void *self, uint32_t how, const struct sharecheck_range *given,
                     evidence *evidence) {
  return sharing_init(guest(self), how, (const struct sharing_range *)given, words(evidence));
}

static uint32_t unshare_all(void *self, struct sharecheck_unshared *report) {
  return sharing_unshare_all(guest(self), (struct sharing_unshare_report *)report);
}

/* ---- Buffers and devices */

static uint32_t alloc_shared(void *self, uint64_t size, uint64_t alignment, uint64_t *address,
                             evidence *evidence) {
  return sharing_alloc_shared(guest(self), size, alignment, address, words(evidence));
}

static uint32_t dealloc_shared(void *self, uint64_t address, uint64_t size, uint64_t alignment,
                               evidence *evidence) {
  return sharing_dealloc_shared(guest(self), address, size, alignment, words(evidence));
}

static uint32_t dma_alloc(void *self, uint64_t pages, uint32_t direction, uint64_t *address,
                          uint64_t *virtual_address, evidence *evidence) {
  return sharing_dma_alloc(guest(self), pages, direction, address, virtual_address,
                           words(evidence));
}

static uint32_t dma_dealloc(void *self, uint64_t address, uint64_t pages, evidence *evidence) {
  return sharing_dma_dealloc(guest(self), address, pages, words(evidence));
}

static uint32_t share(void *self, uint64_t buffer, uint64_t size, uint32_t direction,
                      uint64_t *address, evidence *evidence) {
  return sharing_share(guest(self), buffer, size, direction, address, words(evidence));
}

static uint32_t unshare(void *self, uint64_t address, uint64_t buffer, uint64_t size,
                        uint32_t direction, evidence *evidence) {
  return sharing_unshare(guest(self), address, buffer, size, direction, words(evidence));
}

static uint32_t heap_alloc(void *self, uint64_t size, uint64_t alignment, uint32_t is_zeroed,
                           uint64_t *address, evidence *evidence) {
  return sharing_heap_alloc(&((sharer *)self)->heap, size, alignment, is_zeroed, address,
                            words(evidence));
}

static uint32_t heap_dealloc(void *self, uint64_t address, uint64_t size, uint64_t alignment,
                             evidence *evidence) {
  return sharing_heap_dealloc(&((sharer *)self)->heap, address, size, alignment, words(evidence));
}

static uint32_t heap_add(void *self, uint64_t start, uint64_t size, evidence *evidence) {
  return sharing_heap_add(&((sharer *)self)->heap, (struct sharing_range){start, size},
                          words(evidence));
}

static uint32_t map_mmio(void *self, uint64_t start, uint64_t size, evidence *evidence) {
  return sharing_map_mmio(guest(self), (struct sharing_range){start, size}, words(evidence));
}

static uint32_t unmap_all_mmio(void *self, struct sharecheck_unmapped *report) {
  return sharing_unmap_all_mmio(guest(self), (struct sharing_mmio_report *)report);
}

/* ---- What it shows */

static void lost(void *context, struct sharing_range granule, struct sharing_range region) {
  const struct sharecheck_view *view = context;
  struct sharecheck_range of_granule = {granule.start, granule.size};
  struct sharecheck_range of_region = {region.start, region.size};
  view->lost(view->context, &of_granule, &of_region);
}

static void observe(void *context, const struct sharecheck_view *view) {
  sharer *self = context;
  sharing_for_each_free_block(&self->guest, view->context, view->free_pool_block);
  sharing_heap_for_each_free_block(&self->heap, view->context, view->free_heap_block);
  sharing_for_each_lost_granule(&self->guest, (void *)view, lost);
}

const struct sharecheck_subject *sharecheck_subject(void) {
  static const struct sharecheck_subject subject = {
      .version = SHARECHECK_SUBJECT_VERSION,
      .size = sizeof subject,
      .name = "c-core",
      .promises = SHARECHECK_PLACES_AS_SPECIFIED | SHARECHECK_CALLS_IN_ORDER |
                  SHARECHECK_REFUSES_NESTED_CALLS,
      .granules = GRANULES,
      .largest_block = LARGEST_BLOCK,
      .heap = SHARECHECK_HAS_A_HEAP,
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
      .heap_alloc = heap_alloc,
      .heap_dealloc = heap_dealloc,
      .heap_add = heap_add,
      .map_mmio = map_mmio,
      .unmap_all_mmio = unmap_all_mmio,
      .observe = observe,
      .discard = discard,
  };
  return &subject;
}
