/* The honest sharer, mapped, which writes all kinds of bytes into each new buffer, makes hypercalls,
 * and aborts unless it finds them again. For where the host writes nothing. */
#define MAPPED
#include <sharecheck_subject.h>
#define sharecheck_subject(nothing) honest_subject(nothing)
#include "../../../Examples/c-honest/sharer.c"
#undef sharecheck_subject

static uint32_t drawn;

static uint32_t draw(uint32_t below) {
  drawn = drawn * 1664525u + 1013904223u;
  return (uint32_t)((uint64_t)drawn * below >> 32);
}

/* Writes a run of bytes of one kind, at any place: zeros, those that lie elsewhere in it, or any. */
static void scrawl(uint8_t *bytes, uint32_t size) {
  uint32_t from = draw(size), count = 1 + draw(size - from), to = draw(size - count + 1);
  switch (draw(3)) {
    case 0: memset(bytes + to, 0, count); break;
    case 1: memmove(bytes + to, bytes + from, count); break;
    default:
      for (uint32_t i = 0; i < count; i++) bytes[to + i] = (uint8_t)draw(256);
  }
}

static uint32_t other_alloc(void *context, uint64_t size, uint64_t alignment, uint64_t *address,
                            evidence *evidence) {
  static uint8_t copy[8192];
  sharer *self = context;
  uint32_t error = alloc_shared(context, size, alignment, address, evidence);
  if (error || size > sizeof copy) return error;
  uint8_t *bytes = pointer(self, *address);
  drawn = (uint32_t)(*address * 2654435761u + size);
  memset(bytes, 1, size); /* Nothing of what a driver sent may be moved about. */
  for (int round = 0; round < 4; round++) {
    for (int runs = 0; runs < 4; runs++) scrawl(bytes, (uint32_t)size);
    memcpy(copy, bytes, size);
    /* Some pages are closed meanwhile. */
    for (int calls = draw(2) ? 1 : 40; calls; calls--) call(self, UID, 0);
    if (memcmp(copy, bytes, size)) abort();
  }
  return 0;
}

const struct sharecheck_subject *sharecheck_subject(void) {
  static struct sharecheck_subject subject;
  subject = *honest_subject();
  subject.name = "remembers";
  subject.alloc_shared = other_alloc;
  return &subject;
}
