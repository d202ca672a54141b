/* The honest sharer, departing from the specification in one way, DEPARTS_FROM, which it declares
 * where DECLARES is 1. Where ERRS is 1 it has a bug beside that: it serves memory that is live. */
#include <sharecheck_subject.h>
#define sharecheck_subject(nothing) honest_subject(nothing)
#include "../../../Examples/c-honest/sharer.c"
#undef sharecheck_subject

/* The layouts of live buffers, as they were asked for. */
static struct {
  uint64_t address, size, alignment;
} asked[4096];

static int place(uint64_t address) {
  for (int i = 0; i < 4096; i++)
    if (asked[i].address == address) return i;
  return -1;
}

static uint32_t spoilt(uint32_t error, evidence *evidence) {
  if (!error) return 0;
  if (DEPARTS_FROM == SHARECHECK_LACKS_EVIDENCE) memset(evidence, 0, sizeof *evidence);
  return DEPARTS_FROM == SHARECHECK_LACKS_NAMED_ERRORS ? (uint32_t)SHARECHECK_FAILED : error;
}

static uint32_t other_alloc(void *context, uint64_t size, uint64_t alignment, uint64_t *address,
                            evidence *evidence) {
  sharer *self = context;
  list buffers = self->buffers;
  uint64_t block;
  if (ERRS && self->state == OPEN && buffers.count > 1 &&
      !block_size(self, size, alignment, &block, evidence) && buffers.items[0].size == block) {
    *address = buffers.items[0].start;
    return 0;
  }
  if (DEPARTS_FROM == SHARECHECK_LACKS_POOLING && self->state == OPEN && self->kind == ON_DEMAND &&
      !block_size(self, size, alignment, &block, evidence) &&
      block <= self->machine->largest_pool_block) {
    /* A region for this buffer alone. */
    uint32_t error = refill(self, size, block, evidence);
    if (error) return error;
    *address = self->regions.items[self->regions.count - 1].start;
    append(&self->buffers, (range){*address, block});
    return 0;
  }
  uint32_t error = alloc_shared(context, size, alignment, address, evidence);
  int free = place(0);
  if (!error && free >= 0) {
    asked[free].address = *address;
    asked[free].size = size;
    asked[free].alignment = alignment;
  }
  return spoilt(error, evidence);
}

static uint32_t other_dealloc(void *context, uint64_t address, uint64_t size, uint64_t alignment,
                              evidence *evidence) {
  int its = place(address);
  if (DEPARTS_FROM == SHARECHECK_LACKS_FREES_BY_BLOCK && its >= 0 &&
      (asked[its].size != size || asked[its].alignment != alignment))
    return fail(evidence, SHARECHECK_ALLOCATED_WITH_ANOTHER_LAYOUT, address, 0, 0);
  uint32_t error = dealloc_shared(context, address, size, alignment, evidence);
  if (!error && its >= 0) asked[its].address = 0;
  if (DEPARTS_FROM == SHARECHECK_LACKS_CHECKED_FREES && error == SHARECHECK_NOT_ALLOCATED) return 0;
  return spoilt(error, evidence);
}

static uint32_t other_unshare_all(void *context, struct sharecheck_unshared *report) {
  sharer *self = context;
  uint32_t answer = unshare_all(context, report);
  memset(asked, 0, sizeof asked);
  if (DEPARTS_FROM == SHARECHECK_LACKS_REPORTS) memset(report, 77, sizeof *report);
  if (DEPARTS_FROM == SHARECHECK_LACKS_CLOSING) {
    /* As AOSP's, it goes on; what was lost is told. */
    self->state = OPEN;
    self->lost.count = 0;
  }
  return answer;
}

static void zero_nothing(void *context, uint64_t start, uint64_t size) {
  (void)context, (void)start, (void)size;
}

static uint32_t other_create(const struct sharecheck_machine *machine, void **context,
                             evidence *evidence) {
  memset(asked, 0, sizeof asked);
  uint32_t error = create(machine, context, evidence);
  if (!error && DEPARTS_FROM == SHARECHECK_LACKS_ZEROING) {
    struct sharecheck_machine *copy = malloc(sizeof *copy); /* Never freed: it is small. */
    *copy = *machine;
    copy->zero = zero_nothing;
    ((sharer *)*context)->machine = copy;
  }
  return error;
}

const struct sharecheck_subject *sharecheck_subject(void) {
  static struct sharecheck_subject subject;
  subject = *honest_subject();
  subject.name = "contracts";
  subject.lacks = DECLARES ? DEPARTS_FROM : 0;
  subject.create = other_create;
  subject.alloc_shared = other_alloc;
  subject.dealloc_shared = other_dealloc;
  subject.unshare_all = other_unshare_all;
  /* Two subjects live at a time where the host writes, and the layouts are of one. */
  if (DEPARTS_FROM == SHARECHECK_LACKS_FREES_BY_BLOCK) subject.share = NULL, subject.dma_alloc = NULL;
  return &subject;
}
