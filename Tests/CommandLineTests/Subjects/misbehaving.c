/* The honest sharer with one thing wrong with it, which a macro names: MISBEHAVES_AS. For the tests
 * of what a subject may do to the checks. */
#include <stdio.h>
#include <unistd.h>

#include <sharecheck_subject.h>
#define sharecheck_subject(nothing) honest_subject(nothing)
#include "../../../Examples/c-honest/sharer.c"
#undef sharecheck_subject

enum misdeed {
  NOTHING,
  /* In the middle of alloc_shared. */
  SEGFAULTS,
  ABORTS,
  EXITS,
  HANGS,
  EATS_MEMORY,
  OVERFLOWS_ITS_STACK,
  SCRIBBLES,
  DIES,
  ZEROES_NONSENSE,
  ANSWERS_NONSENSE,
  WRITES_TO_STANDARD_OUTPUT,
  /* Behind what it shows. */
  DIES_AT_THE_SECOND_EXHAUSTION,
  /* In the beginning. */
  CRASHES_AT_LOAD,
  HANGS_AT_LOAD,
  ANSWERS_NO_TABLE,
  HAS_ANOTHER_VERSION,
  HAS_A_SHORT_TABLE,
  HAS_NO_NAME,
  LACKS_A_CALL,
  HAS_AN_UNKNOWN_LACK,
  HAS_AN_ODD_BLOCK,
  HAS_ODD_MEMORY,
  HAS_SMALL_MAPPED_BLOCKS,
  HAS_SMALL_MAPPED_GRANULES,
  TURNS_ALL_DOWN,
  IS_ANOTHER_IN_EACH_PROCESS,
  /* By contract, and where the contract does not reach. */
  ABORTS_ON_BAD_REQUESTS,
  EXITS_ON_BAD_REQUESTS,
  DIES_ON_BAD_REQUESTS,
  DIES_ON_GOOD_REQUESTS,
  DIES_WHEN_EXHAUSTED,
  DIES_ON_FAILED_HYPERCALLS
};

static volatile int sink;
static int exhaustions;

static int recurse(int depth) {
  volatile char frame[4096];
  frame[0] = (char)depth;
  return depth < 0 ? 0 : recurse(depth + 1) + frame[0];
}

static void misbehave(sharer *self) {
  const struct sharecheck_machine *machine = self->machine;
  switch (MISBEHAVES_AS) {
    case SEGFAULTS: *(volatile int *)8 = 1; break;
    case ABORTS: abort();
    case EXITS: exit(0);
    case HANGS:
      for (;;) sink++;
    case EATS_MEMORY:
      for (;;) {
        char *memory = malloc(1 << 24);
        memset(memory, 1, 1 << 24);
        sink += memory[sink & 0xff];
      }
    case OVERFLOWS_ITS_STACK: sink = recurse(0); break;
    case SCRIBBLES:
      memset((void *)(uintptr_t)machine, 0xff, sizeof *machine);
      machine->zero(machine->context, 0, 1);
      break;
    case DIES: machine->die(machine->context, "out of cheese"); break;
    case ZEROES_NONSENSE: machine->zero(machine->context, UINT64_MAX, 2); break;
    case WRITES_TO_STANDARD_OUTPUT: puts("{\"done\": 1}"); break;
    default: break;
  }
}

static uint32_t bad_alloc(void *context, uint64_t size, uint64_t alignment, uint64_t *address,
                          evidence *evidence) {
  misbehave(context);
  if (MISBEHAVES_AS == ANSWERS_NONSENSE) return 12345;
  uint32_t error = alloc_shared(context, size, alignment, address, evidence);
  const struct sharecheck_machine *machine = ((sharer *)context)->machine;
  switch (MISBEHAVES_AS) {
    case ABORTS_ON_BAD_REQUESTS:
      if (error && error != SHARECHECK_EXHAUSTED && error != SHARECHECK_HYPERCALL_FAILED) abort();
      break;
    case EXITS_ON_BAD_REQUESTS:
      if (error && error != SHARECHECK_EXHAUSTED && error != SHARECHECK_HYPERCALL_FAILED) exit(3);
      break;
    case DIES_ON_BAD_REQUESTS:
      if (error && error != SHARECHECK_EXHAUSTED && error != SHARECHECK_HYPERCALL_FAILED)
        machine->die(machine->context, "a bad request");
      break;
    case DIES_ON_GOOD_REQUESTS:
      if (!error && size == 4096) machine->die(machine->context, "a good request");
      break;
    case DIES_AT_THE_SECOND_EXHAUSTION:
      if (error == SHARECHECK_EXHAUSTED && ++exhaustions == 2)
        machine->die(machine->context, "too often");
      break;
    case DIES_WHEN_EXHAUSTED:
      if (error == SHARECHECK_EXHAUSTED) machine->die(machine->context, "out of memory");
      break;
    case DIES_ON_FAILED_HYPERCALLS:
      if (error == SHARECHECK_HYPERCALL_FAILED) machine->die(machine->context, "no hypercall");
      break;
    default: break;
  }
  return error;
}

static uint32_t bad_create(const struct sharecheck_machine *machine, void **context,
                           evidence *evidence) {
  exhaustions = 0;
  return MISBEHAVES_AS == TURNS_ALL_DOWN ? (uint32_t)SHARECHECK_TURNED_DOWN
                                         : create(machine, context, evidence);
}

__attribute__((constructor)) static void load(void) {
  if (MISBEHAVES_AS == CRASHES_AT_LOAD) abort();
  while (MISBEHAVES_AS == HANGS_AT_LOAD) sink++;
}

const struct sharecheck_subject *sharecheck_subject(void) {
  static struct sharecheck_subject subject;
  subject = *honest_subject();
  subject.name = "misbehaving";
  subject.create = bad_create;
  subject.alloc_shared = bad_alloc;
  switch (MISBEHAVES_AS) {
    case ANSWERS_NO_TABLE: return NULL;
    case HAS_ANOTHER_VERSION: subject.version = 7; break;
    case HAS_A_SHORT_TABLE: subject.size = 8; break;
    case HAS_NO_NAME: subject.name = NULL; break;
    case LACKS_A_CALL: subject.init = NULL; break;
    case HAS_AN_UNKNOWN_LACK: subject.lacks = UINT64_C(1) << 60; break;
    case HAS_AN_ODD_BLOCK: subject.minimum_block = 48; break;
    case HAS_ODD_MEMORY: subject.memory = 9; break;
    case HAS_SMALL_MAPPED_BLOCKS:
      subject.memory = SHARECHECK_MAPPED;
      subject.minimum_block = 4;
      break;
    case HAS_SMALL_MAPPED_GRANULES:
      subject.memory = SHARECHECK_MAPPED;
      subject.granules = 1;
      break;
    case IS_ANOTHER_IN_EACH_PROCESS: {
      static char name[32];
      snprintf(name, sizeof name, "misbehaving %d", (int)getpid());
      subject.name = name;
      break;
    }
    case ABORTS_ON_BAD_REQUESTS:
    case EXITS_ON_BAD_REQUESTS:
    case DIES_ON_BAD_REQUESTS:
    case DIES_ON_GOOD_REQUESTS: subject.lacks = SHARECHECK_HALTS_ON_BAD_REQUESTS; break;
    case DIES_WHEN_EXHAUSTED: subject.lacks = SHARECHECK_HALTS_WHEN_EXHAUSTED; break;
    case DIES_ON_FAILED_HYPERCALLS: subject.lacks = SHARECHECK_HALTS_ON_FAILED_HYPERCALLS; break;
    default: break;
  }
  return &subject;
}
