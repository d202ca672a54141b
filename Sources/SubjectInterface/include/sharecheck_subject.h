/* What a shared library exports so that sharecheck can check it.
 *
 * For whoever wrote a memory sharer, its pool, or a virtio HAL in C, C++, Rust, Zig or Swift, and
 * wants to know whether it does what docs/SPEC.md says. The library exports one function,
 *
 *     const struct sharecheck_subject *sharecheck_subject(void);
 *
 * which answers a table that lives as long as the library: what the subject is, what it promises,
 * and its calls. Then
 *
 *     sharecheck run --subject ./libmine.so
 *
 * builds it on many simulated machines and plays random programs on it. All that the subject does
 * to the outside, hypercalls, the heap and shared memory, goes through the machine's functions.
 *
 * Addresses and sizes are in bytes. Addresses are physical unless they are called virtual. A call
 * is made by one thread, and never inside another one, unless SHARECHECK_REFUSES_NESTED_CALLS is
 * promised. Freestanding; C11, C++11.
 */
#ifndef SHARECHECK_SUBJECT_H
#define SHARECHECK_SUBJECT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. A library with another one is refused. */
#define SHARECHECK_SUBJECT_VERSION 1u

/* What a call answers: 0, or what went wrong. The comment names the words of evidence; where a
 * call does not know them it may leave them 0 and declare SHARECHECK_LACKS_EVIDENCE. */
enum sharecheck_error {
  SHARECHECK_OK = 0,
  SHARECHECK_SIZE_IS_ZERO = 1,
  SHARECHECK_ALIGNMENT_IS_NOT_A_POWER_OF_TWO = 2, /* the alignment */
  SHARECHECK_SIZE_OVERFLOWS = 3,                  /* the size, in bytes or pages */
  SHARECHECK_LARGER_THAN_THE_TOP_ORDER = 4,       /* size and alignment */
  SHARECHECK_EXHAUSTED = 5,                       /* size and alignment */
  SHARECHECK_OUT_OF_METADATA = 6,                 /* bytes needed, and bytes there */
  SHARECHECK_NOT_ALLOCATED = 7,                   /* the address */
  SHARECHECK_ALLOCATED_WITH_ANOTHER_LAYOUT = 8,   /* the address */
  SHARECHECK_RANGE_IS_EMPTY = 9,                  /* its start */
  SHARECHECK_RANGE_OVERFLOWS = 10,                /* start and size */
  SHARECHECK_RANGE_OVERLAPS = 11,                 /* start and size */
  SHARECHECK_RANGE_IS_OUTSIDE = 12,               /* start and size */
  SHARECHECK_RANGE_IS_MISALIGNED = 13,            /* start and size */
  SHARECHECK_RANGE_HOLDS_ADDRESS_ZERO = 14,       /* start and size */
  SHARECHECK_TOO_MANY_REGIONS = 15,
  SHARECHECK_UNINITIALISED = 16,
  SHARECHECK_ALREADY_INITIALISED = 17,
  SHARECHECK_CLOSED = 18,
  SHARECHECK_HYPERCALL_FAILED = 19,               /* function, address (or 0), answer */
  SHARECHECK_GRANULE_IS_NOT_A_POWER_OF_TWO = 20,  /* the answer of MEMINFO */
  SHARECHECK_UNKNOWN_HYPERVISOR = 21,             /* the four words of the UUID */
  SHARECHECK_NO_STATIC_RANGE = 22,
  SHARECHECK_MMIO_GUARD_UNSUPPORTED = 23,
  SHARECHECK_MMIO_GRANULE_IS_MISALIGNED = 24,     /* the answer of INFO */
  SHARECHECK_ALREADY_MAPPED = 25,                 /* the address of the MMIO granule */
  SHARECHECK_BUSY = 26,
  /* Only `create` answers it: the subject does not run on such a machine. */
  SHARECHECK_TURNED_DOWN = 254,
  /* Any error, where SHARECHECK_LACKS_NAMED_ERRORS is declared. */
  SHARECHECK_FAILED = 255
};

/* The evidence of an error, in the order of its comment. */
struct sharecheck_evidence {
  uint64_t words[4];
};

/* A run of bytes; a size of 0 is none. */
struct sharecheck_range {
  uint64_t start;
  uint64_t size;
};

enum sharecheck_direction {
  SHARECHECK_TO_DEVICE = 0,
  SHARECHECK_FROM_DEVICE = 1,
  SHARECHECK_BOTH = 2
};

/* How the pool is to be initialised. */
enum sharecheck_init {
  SHARECHECK_INIT_STANDARD = 0, /* as the hypervisor wants it */
  SHARECHECK_INIT_DYNAMIC = 1,  /* by name: on demand, */
  SHARECHECK_INIT_STATIC = 2,   /* from a range that was shared before boot, */
  SHARECHECK_INIT_HEAP = 3      /* from the heap, with nothing shared */
};

/* What the first teardown answers. */
struct sharecheck_unshared {
  uint64_t granules_unshared;
  uint64_t granules_quarantined;
  uint64_t regions_returned;
  uint64_t regions_kept;
};

/* What unmapping all MMIO answers, in MMIO granules. */
struct sharecheck_unmapped {
  uint64_t unmapped;
  uint64_t still_mapped;
};

/* A machine, as the guest's firmware knows it. It lives until `destroy` has returned. */
struct sharecheck_machine {
  uint32_t version; /* SHARECHECK_SUBJECT_VERSION */
  uint32_t size;    /* of this structure, in bytes */
  void *context;    /* goes into each of the functions below */

  /* The hypervisor that a hint names: "pkvm", "gunyah", … The UID call is what counts. */
  const char *hypervisor;
  /* Whether the MMIO guard answers in 32 bits and a good UNMAP with -1, as on Android 13. */
  uint32_t is_android13;
  uint32_t reserved;
  /* All main memory; the heap's arena, of which the heap has `arena_at_start` from the start. */
  struct sharecheck_range memory;
  struct sharecheck_range arena;
  struct sharecheck_range arena_at_start;
  /* Where devices may lie. */
  struct sharecheck_range devices;
  /* Virtual less physical addresses, modulo 2^64. */
  uint64_t virtual_offset;
  /* What the checks expect of blocks, unless the subject says otherwise. */
  uint64_t minimum_block;
  uint64_t largest_pool_block;
  uint64_t largest_heap_block;
  /* How many regions of MMIO the guard has room for. */
  uint64_t mmio_regions;

  /* HVC #0. In: x0 (the function) to x3. Out: x0 to x3. */
  void (*hypercall)(void *context, uint64_t registers[4]);

  /* Memory. Nothing else may touch it: there are no bytes behind these addresses, unless
   * SHARECHECK_MAPPED is declared. Then the arena, the range that was shared before boot, and the
   * driver's buffers are real memory of this process while a call runs, each byte at its physical
   * address plus `virtual_offset`; plain loads and stores do, these four as well, and what lies
   * around it crashes. A system call is not to be given such an address. */
  void (*zero)(void *context, uint64_t start, uint64_t size);
  void (*copy)(void *context, uint64_t from, uint64_t to, uint64_t size);
  uint64_t (*load)(void *context, uint64_t address);
  void (*store)(void *context, uint64_t address, uint64_t word);

  /* The guest's heap, where the subject has none of its own: memory for the sharer's regions. What
   * it hands out is zeroed, and goes back with the same size and alignment. */
  uint32_t (*heap_allocate)(void *context, uint64_t size, uint64_t alignment, uint64_t *address);
  uint32_t (*heap_deallocate)(void *context, uint64_t address, uint64_t size, uint64_t alignment);

  /* What a subject with a heap of its own tells of it (SHARECHECK_HAS_A_HEAP). It asks before it
   * takes a region for the sharer, and before one goes back: 0 means that the heap is to refuse.
   * Then it tells what became of it. */
  uint32_t (*region_may_be_taken)(void *context, uint64_t size, uint64_t alignment);
  void (*region_taken)(void *context, uint64_t start, uint64_t size, uint64_t alignment);
  void (*region_missing)(void *context, uint64_t size, uint64_t alignment);
  uint32_t (*region_may_return)(void *context, uint64_t start, uint64_t size);
  void (*region_returned)(void *context, uint64_t start, uint64_t size, uint64_t alignment);

  /* Granules that a destroyed subject could not take back. */
  void (*abandoned)(void *context, uint64_t start, uint64_t size);
  /* A line for standard error, where SHARECHECK_LOG is set in the environment. */
  void (*log)(void *context, const char *line);
  /* The firmware halts, as in a panic. It does not return. */
  void (*die)(void *context, const char *reason);
};

/* What a subject shows of itself after a call; each may be told as often as there are such. */
struct sharecheck_view {
  void *context;
  void (*free_pool_block)(void *context, uint64_t address, uint64_t size);
  void (*free_heap_block)(void *context, uint64_t address, uint64_t size);
  /* A granule that could not be taken back, and the region that holds it. */
  void (*lost)(void *context, const struct sharecheck_range *granule,
               const struct sharecheck_range *region);
};

/* What a subject does not promise of the contract in docs/SPEC.md. Each takes checks away, which
 * reports name. */
enum sharecheck_lack {
  /* Frees are not checked: no program frees what is not allocated so. */
  SHARECHECK_LACKS_CHECKED_FREES = 1 << 0,
  /* A free with another size or alignment of the same block is the caller's fault. */
  SHARECHECK_LACKS_FREES_BY_BLOCK = 1 << 1,
  /* Which error it is means nothing. */
  SHARECHECK_LACKS_NAMED_ERRORS = 1 << 2,
  /* The error is the right one, and its evidence means nothing. */
  SHARECHECK_LACKS_EVIDENCE = 1 << 3,
  /* What teardowns and unmap-all report means nothing. */
  SHARECHECK_LACKS_REPORTS = 1 << 4,
  /* After a teardown the pool may be used as before: no program does. */
  SHARECHECK_LACKS_CLOSING = 1 << 5,
  /* Memory is neither zeroed nor scrubbed. */
  SHARECHECK_LACKS_ZEROING = 1 << 6,
  /* Regions are not pooled: each buffer may have one of its own. */
  SHARECHECK_LACKS_POOLING = 1 << 7,
  /* A call outside its contract halts the firmware. */
  SHARECHECK_HALTS_ON_BAD_REQUESTS = 1 << 8,
  /* A request that cannot be served halts it. */
  SHARECHECK_HALTS_WHEN_EXHAUSTED = 1 << 9,
  /* A hypercall that fails halts it. */
  SHARECHECK_HALTS_ON_FAILED_HYPERCALLS = 1 << 10
};

/* What a subject promises beyond it. Each adds checks. */
enum sharecheck_promise {
  /* Buffers lie where SPEC §3.3 puts them: the lowest block of the smallest order. */
  SHARECHECK_PLACES_AS_SPECIFIED = 1 << 0,
  /* Hypercalls come in the order of SPEC §4 and §5. */
  SHARECHECK_CALLS_IN_ORDER = 1 << 1,
  /* A call inside another one is refused with SHARECHECK_BUSY. */
  SHARECHECK_REFUSES_NESTED_CALLS = 1 << 2
};

/* The hypervisors that a subject runs on. */
enum sharecheck_hypervisor {
  SHARECHECK_PKVM = 1 << 0,
  SHARECHECK_PKVM_NEWER = 1 << 1,
  SHARECHECK_PKVM_ANDROID13 = 1 << 2,
  SHARECHECK_GUNYAH = 1 << 3,
  SHARECHECK_GENIEZONE = 1 << 4,
  SHARECHECK_KVM = 1 << 5,
  SHARECHECK_PKVM_LINUX = 1 << 6,
  SHARECHECK_ALL_HYPERVISORS = (1 << 7) - 1
};

enum sharecheck_heap {
  SHARECHECK_USES_THE_HEAP = 0, /* that of the machine: heap_allocate and heap_deallocate */
  SHARECHECK_HAS_A_HEAP = 1     /* a buddy heap of its own over the arena */
};

enum sharecheck_memory {
  SHARECHECK_PORTS = 0, /* behind addresses are no bytes: zero, copy, load and store reach them */
  SHARECHECK_MAPPED = 1 /* there are, at the machine's virtual addresses */
};

/* A subject. `self` is what `create` made. A call that the subject does not have is NULL, and no
 * program makes it; `create`, `destroy`, `init` and `alloc_shared` it must have. */
struct sharecheck_subject {
  uint32_t version; /* SHARECHECK_SUBJECT_VERSION */
  uint32_t size;    /* of this structure, in bytes */
  const char *name;
  const char *revision; /* a version or commit of its own; may be NULL */

  uint64_t lacks;       /* of enum sharecheck_lack */
  uint64_t promises;    /* of enum sharecheck_promise */
  uint64_t hypervisors; /* of enum sharecheck_hypervisor; 0 for all */
  uint64_t granules;    /* a sum of the granules that it can run with; 0 for all */
  uint64_t minimum_block; /* a power of two; 0 for what the machine says */
  uint64_t largest_block; /* of pool and heap, a power of two; 0 for what the machine says */
  uint64_t mmio_regions;  /* 0 for what the machine says */
  uint32_t heap;          /* of enum sharecheck_heap */
  uint32_t memory;        /* of enum sharecheck_memory */

  /* Recognises the hypervisor, makes heap and MMIO guard; no pool yet. */
  uint32_t (*create)(const struct sharecheck_machine *machine, void **self,
                     struct sharecheck_evidence *evidence);
  /* The owner of the pool is dropped: all is unshared that has not been. */
  void (*destroy)(void *self);

  /* `range` was shared before boot; NULL where there is none. */
  uint32_t (*init)(void *self, uint32_t how, const struct sharecheck_range *range,
                   struct sharecheck_evidence *evidence);
  uint32_t (*alloc_shared)(void *self, uint64_t size, uint64_t alignment, uint64_t *address,
                           struct sharecheck_evidence *evidence);
  uint32_t (*dealloc_shared)(void *self, uint64_t address, uint64_t size, uint64_t alignment,
                             struct sharecheck_evidence *evidence);
  /* Unshares everything and closes the pool. It answers 0, or SHARECHECK_BUSY. */
  uint32_t (*unshare_all)(void *self, struct sharecheck_unshared *report);

  /* The virtio HAL. Pages have 4096 bytes, and `buffer` is virtual. */
  uint32_t (*dma_alloc)(void *self, uint64_t pages, uint32_t direction, uint64_t *address,
                        uint64_t *virtual_address, struct sharecheck_evidence *evidence);
  uint32_t (*dma_dealloc)(void *self, uint64_t address, uint64_t pages,
                          struct sharecheck_evidence *evidence);
  uint32_t (*share)(void *self, uint64_t buffer, uint64_t size, uint32_t direction,
                    uint64_t *address, struct sharecheck_evidence *evidence);
  uint32_t (*unshare)(void *self, uint64_t address, uint64_t buffer, uint64_t size,
                      uint32_t direction, struct sharecheck_evidence *evidence);

  /* The heap for others, where it has one of its own. */
  uint32_t (*heap_alloc)(void *self, uint64_t size, uint64_t alignment, uint32_t is_zeroed,
                         uint64_t *address, struct sharecheck_evidence *evidence);
  uint32_t (*heap_dealloc)(void *self, uint64_t address, uint64_t size, uint64_t alignment,
                           struct sharecheck_evidence *evidence);
  uint32_t (*heap_add)(void *self, uint64_t start, uint64_t size,
                       struct sharecheck_evidence *evidence);

  /* The MMIO guard. */
  uint32_t (*map_mmio)(void *self, uint64_t start, uint64_t size,
                       struct sharecheck_evidence *evidence);
  /* It answers 0, or SHARECHECK_BUSY. */
  uint32_t (*unmap_all_mmio)(void *self, struct sharecheck_unmapped *report);

  /* Shows what the subject is like after a call; may be NULL. Then what needs it is not checked. */
  void (*observe)(void *self, const struct sharecheck_view *view);

  /* Frees what `create` took, of a subject that has halted by `die`, and does nothing else. May be
   * NULL; then it is lost, and a long run takes more and more memory. */
  void (*discard)(void *self);
};

/* What the library exports. */
const struct sharecheck_subject *sharecheck_subject(void);

#ifdef __cplusplus
}
#endif

#endif
