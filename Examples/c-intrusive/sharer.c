/* The honest sharer beside this one, mapped, with a pool as allocators have always been built: free
 * blocks, powers of two of bytes, are linked through their own first words. It is careful: all else
 * lies in private memory, frees are checked, and no link leads out of the pool. But the blocks are
 * shared, so the host writes the links, and chooses which block is handed out next.
 *
 *     cc -shared -fPIC -O2 -I../../Sources/SubjectInterface/include sharer.c -o libsharer.so
 *     sharecheck run --subject ./libsharer.so
 */
#define MAPPED
#define sharecheck_subject(nothing) honest_subject(nothing)
#include "../c-honest/sharer.c"
#undef sharecheck_subject

/* A free block. */
typedef struct block {
  struct block *next;
} block;

typedef struct {
  sharer *sharer; /* its regions and its buffers; who is free, the lists below say */
  block *free[64]; /* by the logarithm of their size */
} pool;

static int order_of(uint64_t size) { return __builtin_ctzll(size); }

static uint64_t address_of(const pool *self, const block *item) {
  return (uint64_t)(uintptr_t)item - self->sharer->machine->virtual_offset;
}

/* Follows a link. None leaves the pool: what is no block of this order there is bent back into the
 * first region. */
static block *next_of(const pool *self, const block *item, int order) {
  uint64_t address = address_of(self, item->next), size = UINT64_C(1) << order;
  range first = self->sharer->regions.items[0];
  if (!item->next) return NULL;
  if (!(address & (size - 1)) && is_covered(self->sharer, address, size)) return item->next;
  address = (first.start + address % first.size) & ~(size - 1);
  return is_covered(self->sharer, address, size) ? pointer(self->sharer, address) : NULL;
}

static void push(pool *self, uint64_t address, int order) {
  block *item = pointer(self->sharer, address);
  item->next = self->free[order];
  self->free[order] = item;
}

/* Takes a block out of its list; false where it is not free. A list that the host has closed to a
 * ring ends, too. */
static bool take(pool *self, uint64_t address, int order) {
  block *before = NULL, *item = self->free[order];
  for (int steps = 0; item && steps < 1 << 16; steps++) {
    block *next = next_of(self, item, order);
    if (address_of(self, item) == address) {
      if (before)
        before->next = next;
      else
        self->free[order] = next;
      return true;
    }
    before = item;
    item = next;
  }
  return false;
}

/* A block becomes free, and one with its buddy where that is free, too. */
static void give(pool *self, uint64_t address, int order) {
  uint64_t size = UINT64_C(1) << order;
  while (size < self->sharer->machine->largest_pool_block && take(self, address ^ size, order)) {
    address &= ~size;
    size *= 2;
    order++;
  }
  push(self, address, order);
}

/* A range becomes free, as the largest blocks that fit. */
static void give_range(pool *self, range range) {
  uint64_t at = range.start, end = range.start + range.size;
  uint64_t least = self->sharer->machine->minimum_block;
  at = (at + least - 1) & ~(least - 1);
  while (end - at >= least) {
    uint64_t size = least;
    while (!(at & size) && end - at >= 2 * size && size < self->sharer->machine->largest_pool_block)
      size *= 2;
    give(self, at, order_of(size));
    at += size;
  }
}

static bool serve(pool *self, int order, uint64_t *address) {
  int from = order;
  while (from < 64 && !self->free[from]) from++;
  if (from == 64) return false;
  block *item = self->free[from];
  self->free[from] = next_of(self, item, from);
  *address = address_of(self, item);
  while (from-- > order) push(self, *address + (UINT64_C(1) << from), from);
  return true;
}

static uint32_t pool_alloc(void *context, uint64_t size, uint64_t alignment, uint64_t *address,
                           evidence *evidence) {
  pool *self = context;
  sharer *sharer = self->sharer;
  uint64_t block;
  uint32_t error = check_open(sharer, evidence);
  if (!error) error = block_size(sharer, size, alignment, &block, evidence);
  if (error) return error;
  if (block > sharer->machine->largest_pool_block)
    return fail(evidence, SHARECHECK_LARGER_THAN_THE_TOP_ORDER, size, alignment, 0);
  if (!serve(self, order_of(block), address)) {
    if (sharer->kind == BEFORE_BOOT)
      return fail(evidence, SHARECHECK_EXHAUSTED, size, alignment, 0);
    error = refill(sharer, size, block, evidence);
    if (error) return error;
    give_range(self, sharer->regions.items[sharer->regions.count - 1]);
    if (!serve(self, order_of(block), address))
      return fail(evidence, SHARECHECK_EXHAUSTED, size, alignment, 0);
  }
  append(&sharer->buffers, (range){*address, block});
  return SHARECHECK_OK;
}

static uint32_t pool_dealloc(void *context, uint64_t address, uint64_t size, uint64_t alignment,
                             evidence *evidence) {
  pool *self = context;
  size_t place;
  uint32_t error = find_buffer(self->sharer, address, size, alignment, &place, evidence);
  if (error) return error;
  uint64_t block = self->sharer->buffers.items[place].size;
  delete_at(&self->sharer->buffers, place);
  give(self, address, order_of(block));
  return SHARECHECK_OK;
}

static uint32_t pool_init(void *context, uint32_t how, const range *given, evidence *evidence) {
  pool *self = context;
  uint32_t error = init(self->sharer, how, given, evidence);
  if (!error && self->sharer->regions.count) give_range(self, self->sharer->regions.items[0]);
  return error;
}

static uint32_t pool_unshare_all(void *context, struct sharecheck_unshared *report) {
  return unshare_all(((pool *)context)->sharer, report);
}

static void pool_destroy(void *context) {
  destroy(((pool *)context)->sharer);
  free(context);
}

static uint32_t pool_create(const struct sharecheck_machine *machine, void **context,
                            evidence *evidence) {
  void *sharer;
  uint32_t error = create(machine, &sharer, evidence);
  if (error) return error;
  pool *self = calloc(1, sizeof *self);
  if (!self) abort();
  self->sharer = sharer;
  *context = self;
  return SHARECHECK_OK;
}

const struct sharecheck_subject *sharecheck_subject(void) {
  static const struct sharecheck_subject subject = {
      .version = SHARECHECK_SUBJECT_VERSION,
      .size = sizeof subject,
      .name = "c-intrusive",
      .memory = SHARECHECK_MAPPED,
      .create = pool_create,
      .destroy = pool_destroy,
      .init = pool_init,
      .alloc_shared = pool_alloc,
      .dealloc_shared = pool_dealloc,
      .unshare_all = pool_unshare_all,
  };
  return &subject;
}
