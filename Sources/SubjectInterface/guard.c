#include "sharecheck_guard.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One call that may halt, and the one that it interrupted. */
struct guard {
  sigjmp_buf place;
  struct guard *outer;
};

static _Thread_local struct guard *innermost;
static char reason[256];
static int has_died;
static int catches;

int sharecheck_guard_has_died(void) { return has_died; }

const char *sharecheck_guard_reason(void) { return reason; }

void sharecheck_guard_die(void *context, const char *why) {
  (void)context;
  snprintf(reason, sizeof reason, "%s", why ? why : "");
  for (char *byte = reason; *byte; byte++)
    if ((unsigned char)*byte < ' ') *byte = ' ';
  if (!innermost) abort();
  has_died = 1;
  siglongjmp(innermost->place, 1);
}

void sharecheck_guard_log(void *context, const char *line) {
  (void)context;
  if (line && getenv("SHARECHECK_LOG")) fprintf(stderr, "%s\n", line);
}

void *sharecheck_guard_leave(void) {
  struct guard *guard = innermost;
  innermost = NULL;
  return guard;
}

void sharecheck_guard_return(void *guard) { innermost = guard; }

/* The signals that a firmware which halts may raise in a process. */
static const int halts[] = {SIGABRT, SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE};

static void caught(int number) {
  if (innermost) {
    snprintf(reason, sizeof reason, "SIG%s", sigabbrev_np(number));
    has_died = 0;
    siglongjmp(innermost->place, 1);
  }
  signal(number, SIG_DFL);
  raise(number);
}

int sharecheck_guard_catch_signals(void) {
  /* A stack that has overflowed cannot hold the handler's frame. */
  static char stack[65536];
  const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
  if (sigaltstack(&other, NULL)) return errno;
  struct sigaction action = {.sa_handler = caught, .sa_flags = SA_ONSTACK | SA_NODEFER};
  for (unsigned place = 0; place < sizeof halts / sizeof *halts; place++)
    if (sigaction(halts[place], &action, NULL)) return errno;
  catches = 1;
  return 0;
}

/* Ends the process as the C library would, unless a subject does so that may halt. */
_Noreturn static void leave(const char *name, int code) {
  if (catches && innermost) {
    snprintf(reason, sizeof reason, "%s with code %d", name, code);
    has_died = 1;
    siglongjmp(innermost->place, 1);
  }
  void (*next)(int) = (void (*)(int))dlsym(RTLD_NEXT, name);
  if (next) next(code);
  abort();
}

/* These take the place of the C library's for the libraries of subjects, too: the executable
 * exports them. */
_Noreturn void exit(int code) { leave("exit", code); }
_Noreturn void _exit(int code) { leave("_exit", code); }
_Noreturn void _Exit(int code) { leave("_Exit", code); }

/* Makes a call; the jump comes back here, into a frame that still is. */
#define GUARDED(answer)                           \
  do {                                            \
    struct guard guard = {.outer = innermost};    \
    uint32_t volatile result = SHARECHECK_HALTED; \
    if (!sigsetjmp(guard.place, 0)) {             \
      innermost = &guard;                         \
      result = (answer);                          \
    }                                             \
    innermost = guard.outer;                      \
    return result;                                \
  } while (0)

uint32_t sharecheck_guard_create(const struct sharecheck_subject *subject,
                                 const struct sharecheck_machine *machine, void **self,
                                 struct sharecheck_evidence *evidence) {
  GUARDED(subject->create(machine, self, evidence));
}

uint32_t sharecheck_guard_destroy(const struct sharecheck_subject *subject, void *self) {
  GUARDED((subject->destroy(self), 0));
}

uint32_t sharecheck_guard_init(const struct sharecheck_subject *subject, void *self, uint32_t how,
                               const struct sharecheck_range *range,
                               struct sharecheck_evidence *evidence) {
  GUARDED(subject->init(self, how, range, evidence));
}

uint32_t sharecheck_guard_alloc_shared(const struct sharecheck_subject *subject, void *self,
                                       uint64_t size, uint64_t alignment, uint64_t *address,
                                       struct sharecheck_evidence *evidence) {
  GUARDED(subject->alloc_shared(self, size, alignment, address, evidence));
}

uint32_t sharecheck_guard_dealloc_shared(const struct sharecheck_subject *subject, void *self,
                                         uint64_t address, uint64_t size, uint64_t alignment,
                                         struct sharecheck_evidence *evidence) {
  GUARDED(subject->dealloc_shared(self, address, size, alignment, evidence));
}

uint32_t sharecheck_guard_unshare_all(const struct sharecheck_subject *subject, void *self,
                                      struct sharecheck_unshared *report) {
  GUARDED(subject->unshare_all(self, report));
}

uint32_t sharecheck_guard_dma_alloc(const struct sharecheck_subject *subject, void *self,
                                    uint64_t pages, uint32_t direction, uint64_t *address,
                                    uint64_t *virtual_address,
                                    struct sharecheck_evidence *evidence) {
  GUARDED(subject->dma_alloc(self, pages, direction, address, virtual_address, evidence));
}

uint32_t sharecheck_guard_dma_dealloc(const struct sharecheck_subject *subject, void *self,
                                      uint64_t address, uint64_t pages,
                                      struct sharecheck_evidence *evidence) {
  GUARDED(subject->dma_dealloc(self, address, pages, evidence));
}

uint32_t sharecheck_guard_share(const struct sharecheck_subject *subject, void *self,
                                uint64_t buffer, uint64_t size, uint32_t direction,
                                uint64_t *address, struct sharecheck_evidence *evidence) {
  GUARDED(subject->share(self, buffer, size, direction, address, evidence));
}

uint32_t sharecheck_guard_unshare(const struct sharecheck_subject *subject, void *self,
                                  uint64_t address, uint64_t buffer, uint64_t size,
                                  uint32_t direction, struct sharecheck_evidence *evidence) {
  GUARDED(subject->unshare(self, address, buffer, size, direction, evidence));
}

uint32_t sharecheck_guard_heap_alloc(const struct sharecheck_subject *subject, void *self,
                                     uint64_t size, uint64_t alignment, uint32_t is_zeroed,
                                     uint64_t *address, struct sharecheck_evidence *evidence) {
  GUARDED(subject->heap_alloc(self, size, alignment, is_zeroed, address, evidence));
}

uint32_t sharecheck_guard_heap_dealloc(const struct sharecheck_subject *subject, void *self,
                                       uint64_t address, uint64_t size, uint64_t alignment,
                                       struct sharecheck_evidence *evidence) {
  GUARDED(subject->heap_dealloc(self, address, size, alignment, evidence));
}

uint32_t sharecheck_guard_heap_add(const struct sharecheck_subject *subject, void *self,
                                   uint64_t start, uint64_t size,
                                   struct sharecheck_evidence *evidence) {
  GUARDED(subject->heap_add(self, start, size, evidence));
}

uint32_t sharecheck_guard_map_mmio(const struct sharecheck_subject *subject, void *self,
                                   uint64_t start, uint64_t size,
                                   struct sharecheck_evidence *evidence) {
  GUARDED(subject->map_mmio(self, start, size, evidence));
}

uint32_t sharecheck_guard_unmap_all_mmio(const struct sharecheck_subject *subject, void *self,
                                         struct sharecheck_unmapped *report) {
  GUARDED(subject->unmap_all_mmio(self, report));
}

uint32_t sharecheck_guard_discard(const struct sharecheck_subject *subject, void *self) {
  GUARDED((subject->discard(self), 0));
}

uint32_t sharecheck_guard_observe(const struct sharecheck_subject *subject, void *self,
                                  const struct sharecheck_view *view) {
  GUARDED((subject->observe(self, view), 0));
}
