/* The honest sharer, on ports or with -DMAPPED, with one thing wrong about bytes: HAS. */
#include <sharecheck_subject.h>
#define sharecheck_subject(nothing) honest_subject(nothing)
#include "../../../Examples/c-honest/sharer.c"
#undef sharecheck_subject

enum {
  NOTHING,
  LEAVES_A_BOUNCE_UNZEROED,
  COPIES_WHAT_IS_NOT_SENT,
  COPIES_BACK_WHAT_WAS_SENT,
  COPIES_HALF,
  LEAKS_WHAT_LIES_BEHIND,
  WRITES_INTO_A_NEIGHBOUR,
  STORES_INTO_A_NEIGHBOUR,
  WRITES_INTO_THE_DRIVERS_BUFFER,
  STORES_INTO_THE_DRIVERS_BUFFER,
  RETURNS_UNSCRUBBED,
  LEAVES_DMA_UNZEROED,
  POINTS_ANYWHERE
};

static void store(const sharer *self, uint64_t address, uint64_t word) {
#ifdef MAPPED
  memcpy(pointer(self, address), &word, sizeof word);
#else
  self->machine->store(self->machine->context, address, word);
#endif
}

static uint32_t other_alloc(void *context, uint64_t size, uint64_t alignment, uint64_t *address,
                            evidence *evidence) {
  sharer *self = context;
  uint32_t error = alloc_shared(context, size, alignment, address, evidence);
  if (error || self->buffers.count < 2) return error;
  range neighbour = self->buffers.items[self->buffers.items[0].start == *address];
  if (HAS == WRITES_INTO_A_NEIGHBOUR) zero(self, neighbour.start, 8);
  if (HAS == STORES_INTO_A_NEIGHBOUR) store(self, neighbour.start, 0x1234567890abcdef);
#ifdef MAPPED
  if (HAS == POINTS_ANYWHERE) *(volatile char *)(uintptr_t)(neighbour.start + 1) = 1;
#endif
  return 0;
}

static uint32_t other_dma_alloc(void *context, uint64_t pages, uint32_t direction,
                                uint64_t *address, uint64_t *virtual_address, evidence *evidence) {
  sharer *self = context;
  if (HAS != LEAVES_DMA_UNZEROED)
    return dma_alloc(context, pages, direction, address, virtual_address, evidence);
  uint64_t size;
  uint32_t error = check_open(self, evidence);
  if (!error) error = bytes_of(pages, &size, evidence);
  if (!error) error = alloc_shared(self, size, PAGE, address, evidence);
  if (!error) *virtual_address = *address + self->machine->virtual_offset;
  return error;
}

static uint32_t other_share(void *context, uint64_t buffer, uint64_t size, uint32_t direction,
                            uint64_t *address, evidence *evidence) {
  sharer *self = context;
  uint64_t source = buffer - self->machine->virtual_offset, block;
  bool is_from = direction == SHARECHECK_FROM_DEVICE;
  if ((HAS == LEAVES_A_BOUNCE_UNZEROED || HAS == COPIES_WHAT_IS_NOT_SENT) && is_from) {
    uint32_t error = check_open(self, evidence);
    if (!error) error = check_buffer(self, buffer, size, &source, evidence);
    if (!error) error = alloc_shared(self, size, 16, address, evidence);
    if (!error && HAS == COPIES_WHAT_IS_NOT_SENT) copy(self, source, *address, size);
    return error;
  }
  uint32_t error = share(context, buffer, size, direction, address, evidence);
  if (error) return error;
  if (HAS == COPIES_HALF && !is_from && size > 16) zero(self, *address + size / 2, size - size / 2);
  if (HAS == LEAKS_WHAT_LIES_BEHIND && !is_from &&
      !block_size(self, size, 16, &block, evidence) && block - size >= 8 && source + block > source)
    copy(self, source, *address, size + 8);
  if (HAS == WRITES_INTO_THE_DRIVERS_BUFFER) zero(self, source, size);
  if (HAS == STORES_INTO_THE_DRIVERS_BUFFER && size >= 8) store(self, source, 0x1234567890abcdef);
  return 0;
}

static uint32_t other_unshare(void *context, uint64_t address, uint64_t buffer, uint64_t size,
                              uint32_t direction, evidence *evidence) {
  if (HAS == COPIES_BACK_WHAT_WAS_SENT && direction == SHARECHECK_TO_DEVICE)
    direction = SHARECHECK_BOTH;
  return unshare(context, address, buffer, size, direction, evidence);
}

static uint32_t other_unshare_all(void *context, struct sharecheck_unshared *report) {
  sharer *self = context;
  if (HAS != RETURNS_UNSCRUBBED || self->kind != ON_DEMAND) return unshare_all(context, report);
  memset(report, 0, sizeof *report);
  if (self->state == CLOSED) return SHARECHECK_OK;
  self->state = CLOSED;
  self->buffers.count = 0;
  report->regions_kept = self->kept.count;
  for (; self->regions.count; self->regions.count--) {
    range region = self->regions.items[self->regions.count - 1];
    size_t lost = self->lost.count;
    for (uint64_t at = region.start; at != region.start + region.size; at += self->granule) {
      if (unshared(self, at))
        report->granules_unshared++;
      else
        lose(self, at);
    }
    if (self->lost.count == lost && !self->machine->heap_deallocate(
            self->machine->context, region.start, region.size, region.size))
      report->regions_returned++;
    else
      report->regions_kept++;
  }
  report->granules_quarantined = self->lost.count;
  return SHARECHECK_OK;
}

const struct sharecheck_subject *sharecheck_subject(void) {
  static struct sharecheck_subject subject;
  subject = *honest_subject();
  subject.name = "defects";
  subject.alloc_shared = other_alloc;
  subject.dma_alloc = other_dma_alloc;
  subject.share = other_share;
  subject.unshare = other_unshare;
  subject.unshare_all = other_unshare_all;
  return &subject;
}
