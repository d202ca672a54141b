/* NAME, for sharecheck to check. Each call halts with "not implemented" until it is written; what it
 * must do, sharecheck_subject.h and sharecheck's docs/SPEC.md say.
 *
 *     cc -shared -fPIC -O2 NAME.c -o libNAME.so
 *     sharecheck run --subject ./libNAME.so
 */
#include "sharecheck_subject.h"

#include <stdlib.h>

typedef struct {
  const struct sharecheck_machine *machine;
  /* What your code keeps. */
} subject;

static uint32_t halt(void *context, const char *reason) {
  const struct sharecheck_machine *machine = ((subject *)context)->machine;
  machine->die(machine->context, reason);
  return SHARECHECK_FAILED;
}

static uint32_t create(const struct sharecheck_machine *machine, void **context,
                       struct sharecheck_evidence *evidence) {
  (void)evidence;
  subject *self = calloc(1, sizeof *self);
  if (!self) return SHARECHECK_FAILED;
  self->machine = machine;
  *context = self;
  return SHARECHECK_OK;
}

static void destroy(void *context) { free(context); }

static uint32_t init(void *context, uint32_t how, const struct sharecheck_range *range,
                     struct sharecheck_evidence *evidence) {
  (void)how, (void)range, (void)evidence;
  return halt(context, "init is not implemented");
}

static uint32_t alloc_shared(void *context, uint64_t size, uint64_t alignment, uint64_t *address,
                             struct sharecheck_evidence *evidence) {
  (void)size, (void)alignment, (void)address, (void)evidence;
  return halt(context, "alloc_shared is not implemented");
}

static uint32_t dealloc_shared(void *context, uint64_t address, uint64_t size, uint64_t alignment,
                               struct sharecheck_evidence *evidence) {
  (void)address, (void)size, (void)alignment, (void)evidence;
  return halt(context, "dealloc_shared is not implemented");
}

static uint32_t unshare_all(void *context, struct sharecheck_unshared *report) {
  (void)report;
  return halt(context, "unshare_all is not implemented");
}

const struct sharecheck_subject *sharecheck_subject(void) {
  static const struct sharecheck_subject table = {
      .version = SHARECHECK_SUBJECT_VERSION,
      .size = sizeof table,
      .name = "NAME",
      .create = create,
      .destroy = destroy,
      .init = init,
      .alloc_shared = alloc_shared,
      .dealloc_shared = dealloc_shared,
      .unshare_all = unshare_all,
      .discard = destroy,
      /* zero, copy, load and store reach memory. Where your code uses pointers, write
       * SHARECHECK_MAPPED. */
      .memory = SHARECHECK_PORTS,
      /* Left out so far: dma_alloc, share, the MMIO guard, a heap of its own, observe. */
  };
  return &table;
}
