/* Calls of a subject that may halt in the middle. For the checks; a subject does not include it.
 *
 * A subject halts by `die` of its machine, or by a signal or an exit where those are caught. Then
 * its frames are gone, the call answers SHARECHECK_HALTED, and nobody may use that subject any
 * more. */
#ifndef SHARECHECK_GUARD_H
#define SHARECHECK_GUARD_H

#include "sharecheck_subject.h"

/* What a guarded call answers where the subject halted. */
#define SHARECHECK_HALTED 0xffffffffu

/* What `die` of a machine is. Ends the process where no guarded call runs. */
void sharecheck_guard_die(void *context, const char *reason);

/* What `log` of a machine is. */
void sharecheck_guard_log(void *context, const char *line);

/* Whether the last subject that halted did so by `die` or an exit, and not by a signal. */
int sharecheck_guard_has_died(void);

/* Why the last subject halted, in one line; valid until another one does. */
const char *sharecheck_guard_reason(void);

/* From now on a signal such as SIGABRT or SIGSEGV, or a call of `exit`, inside a subject halts it,
 * and no longer the process. Returns 0, or errno. */
int sharecheck_guard_catch_signals(void);

/* Around what the checks do in a callback: a signal there is theirs, and not the subject's.
 * Returns what `sharecheck_guard_return` takes. */
void *sharecheck_guard_leave(void);
void sharecheck_guard_return(void *guard);

/* The calls of `struct sharecheck_subject`, guarded. Those without an answer return 0. */
uint32_t sharecheck_guard_create(const struct sharecheck_subject *subject,
                                 const struct sharecheck_machine *machine, void **self,
                                 struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_destroy(const struct sharecheck_subject *subject, void *self);
uint32_t sharecheck_guard_init(const struct sharecheck_subject *subject, void *self, uint32_t how,
                               const struct sharecheck_range *range,
                               struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_alloc_shared(const struct sharecheck_subject *subject, void *self,
                                       uint64_t size, uint64_t alignment, uint64_t *address,
                                       struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_dealloc_shared(const struct sharecheck_subject *subject, void *self,
                                         uint64_t address, uint64_t size, uint64_t alignment,
                                         struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_unshare_all(const struct sharecheck_subject *subject, void *self,
                                      struct sharecheck_unshared *report);
uint32_t sharecheck_guard_dma_alloc(const struct sharecheck_subject *subject, void *self,
                                    uint64_t pages, uint32_t direction, uint64_t *address,
                                    uint64_t *virtual_address,
                                    struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_dma_dealloc(const struct sharecheck_subject *subject, void *self,
                                      uint64_t address, uint64_t pages,
                                      struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_share(const struct sharecheck_subject *subject, void *self,
                                uint64_t buffer, uint64_t size, uint32_t direction,
                                uint64_t *address, struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_unshare(const struct sharecheck_subject *subject, void *self,
                                  uint64_t address, uint64_t buffer, uint64_t size,
                                  uint32_t direction, struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_heap_alloc(const struct sharecheck_subject *subject, void *self,
                                     uint64_t size, uint64_t alignment, uint32_t is_zeroed,
                                     uint64_t *address, struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_heap_dealloc(const struct sharecheck_subject *subject, void *self,
                                       uint64_t address, uint64_t size, uint64_t alignment,
                                       struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_heap_add(const struct sharecheck_subject *subject, void *self,
                                   uint64_t start, uint64_t size,
                                   struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_map_mmio(const struct sharecheck_subject *subject, void *self,
                                   uint64_t start, uint64_t size,
                                   struct sharecheck_evidence *evidence);
uint32_t sharecheck_guard_unmap_all_mmio(const struct sharecheck_subject *subject, void *self,
                                         struct sharecheck_unmapped *report);
uint32_t sharecheck_guard_discard(const struct sharecheck_subject *subject, void *self);
uint32_t sharecheck_guard_observe(const struct sharecheck_subject *subject, void *self,
                                  const struct sharecheck_view *view);

#endif
