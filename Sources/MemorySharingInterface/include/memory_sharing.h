/* The core for firmware in C: a pool of memory that the host can reach, the virtio HAL on it, and
 * the MMIO guard.
 *
 * For whoever writes the firmware of a protected VM in C. `ci/library` makes libmemory_sharing.a
 * of the Swift core. It needs no runtime of Swift's, but the linker asks for memcpy, memset,
 * posix_memalign, free and arc4random_buf; the last three are never called. docs/SPEC.md says what
 * each call does, Tests/OnTarget/firmware-c is firmware that makes them all.
 *
 * The order of things: make a heap, or bring one; `sharing_create` recognises the hypervisor;
 * declare the console's MMIO; `sharing_init`; buffers; `sharing_unshare_all`, and only if it
 * quarantined nothing, the guest OS.
 *
 * Addresses and sizes are in bytes, and physical unless they are called virtual. A call answers 0
 * or an error, whose evidence goes where `evidence` points, which may be NULL; after an error
 * nothing has changed, except for granules in quarantine. One processor at a time: a call in the
 * middle of another one, as by a handler of interrupts, is refused with SHARING_BUSY; on several
 * processors take a lock. Freestanding; C11, C++11.
 */
#ifndef MEMORY_SHARING_H
#define MEMORY_SHARING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong. The comment names the words of evidence. */
enum sharing_error {
  SHARING_OK = 0,
  SHARING_SIZE_IS_ZERO = 1,
  SHARING_ALIGNMENT_IS_NOT_A_POWER_OF_TWO = 2, /* the alignment */
  SHARING_SIZE_OVERFLOWS = 3,                  /* the size, in bytes or pages */
  SHARING_LARGER_THAN_THE_TOP_ORDER = 4,       /* size and alignment */
  SHARING_EXHAUSTED = 5,                       /* size and alignment */
  SHARING_OUT_OF_METADATA = 6,                 /* bytes needed, and bytes there */
  SHARING_NOT_ALLOCATED = 7,                   /* the address */
  SHARING_ALLOCATED_WITH_ANOTHER_LAYOUT = 8,   /* the address */
  SHARING_RANGE_IS_EMPTY = 9,                  /* its start */
  SHARING_RANGE_OVERFLOWS = 10,                /* start and size */
  SHARING_RANGE_OVERLAPS = 11,                 /* start and size */
  SHARING_RANGE_IS_OUTSIDE = 12,               /* start and size */
  SHARING_RANGE_IS_MISALIGNED = 13,            /* start and size */
  SHARING_RANGE_HOLDS_ADDRESS_ZERO = 14,       /* start and size */
  SHARING_TOO_MANY_REGIONS = 15,
  SHARING_UNINITIALISED = 16,
  SHARING_ALREADY_INITIALISED = 17,
  SHARING_CLOSED = 18,
  SHARING_HYPERCALL_FAILED = 19,               /* function, address (or 0), answer */
  SHARING_GRANULE_IS_NOT_A_POWER_OF_TWO = 20,  /* the answer of MEMINFO */
  SHARING_UNKNOWN_HYPERVISOR = 21,             /* the four words of the UUID */
  SHARING_NO_STATIC_RANGE = 22,
  SHARING_MMIO_GUARD_UNSUPPORTED = 23,
  SHARING_MMIO_GRANULE_IS_MISALIGNED = 24,     /* the answer of INFO */
  SHARING_ALREADY_MAPPED = 25,                 /* the address of the MMIO granule */
  SHARING_BUSY = 26
};

struct sharing_evidence {
  uint64_t words[4];
};

/* A run of bytes. */
struct sharing_range {
  uint64_t start;
  uint64_t size;
};

/* Private memory for the core's own books, aligned to 8; it must outlive what it is given to. */
struct sharing_storage {
  void *bytes;
  uint64_t size;
};

/* How many bytes of metadata an allocator wants for addresses in a window; 0 where there is no
 * such allocator. Blocks are powers of two times `minimum_block`: `orders` of them. */
uint64_t sharing_metadata_size(struct sharing_range window, uint64_t minimum_block,
                               uint64_t orders);
/* How many bytes the record of one region of this many bytes takes. */
uint64_t sharing_record_size(uint64_t region, uint64_t granule);
/* How many bytes the record of one MMIO region takes. */
#define SHARING_MMIO_RECORD_SIZE 16u

/* What the core reaches all else by. It must outlive what it is given to. */
struct sharing_ports {
  void *context; /* goes into each of the functions */

  /* HVC #0. In: x0 (the function) to x3. Out: x0 to x3. */
  void (*hypercall)(void *context, uint64_t registers[4]);
  /* The guest was dropped with these granules in quarantine: the guest OS must not be entered. */
  void (*abandon)(void *context, uint64_t start, uint64_t size);

  /* Sets bytes to 0, and copies bytes to a run that does not overlap. */
  void (*zero)(void *context, uint64_t start, uint64_t size);
  void (*copy)(void *context, uint64_t from, uint64_t to, uint64_t size);

  /* Where regions for the pool come from, and go back to with the same size and alignment: zeroed,
   * aligned as asked. They answer 0 or an error. NULL for the `heap` of the guest. */
  uint32_t (*take_region)(void *context, uint64_t size, uint64_t alignment, uint64_t *address);
  uint32_t (*return_region)(void *context, uint64_t address, uint64_t size, uint64_t alignment);

  /* Virtual less physical addresses, modulo 2^64. */
  uint64_t virtual_offset;
};

/* ---- A heap of private memory. It is not guarded against calls inside of calls. */

/* Its state: opaque, and never moved. */
struct sharing_heap {
  uint64_t words[48];
};

/* Starts a heap over an arena, of which it has `part` from the start.
 *
 * SHARING_OUT_OF_METADATA, SHARING_RANGE_IS_EMPTY, SHARING_RANGE_IS_OUTSIDE. */
uint32_t sharing_heap_create(struct sharing_heap *heap, const struct sharing_ports *ports,
                             struct sharing_range arena, struct sharing_range part,
                             uint64_t minimum_block, uint64_t orders,
                             struct sharing_storage metadata, struct sharing_evidence *evidence);
void sharing_heap_drop(struct sharing_heap *heap);
/* Gives it one more part of its arena. */
uint32_t sharing_heap_add(struct sharing_heap *heap, struct sharing_range range,
                          struct sharing_evidence *evidence);
uint32_t sharing_heap_alloc(struct sharing_heap *heap, uint64_t size, uint64_t alignment,
                            uint32_t is_zeroed, uint64_t *address,
                            struct sharing_evidence *evidence);
uint32_t sharing_heap_dealloc(struct sharing_heap *heap, uint64_t address, uint64_t size,
                              uint64_t alignment, struct sharing_evidence *evidence);
/* Calls back for each free block. */
void sharing_heap_for_each_free_block(const struct sharing_heap *heap, void *context,
                                      void (*block)(void *context, uint64_t address,
                                                    uint64_t size));

/* ---- A guest: its pool, its HAL and its MMIO guard, behind one turnstile. */

/* Its state: opaque, and never moved. */
struct sharing_guest {
  uint64_t words[128];
};

/* What `sharing_create` is told of the machine. */
struct sharing_machine {
  const struct sharing_ports *ports;
  /* All main memory, and the part of it that regions come from: the heap's arena. */
  struct sharing_range memory;
  struct sharing_range arena;
  /* Where devices may lie; a size of 0 for anywhere. */
  struct sharing_range devices;
  /* Where regions come from, unless the ports say; else NULL. */
  struct sharing_heap *heap;
  /* Blocks of the pool: powers of two times `minimum_block`, `orders` of them. */
  uint64_t minimum_block;
  uint64_t orders;
  /* sharing_metadata_size of the arena, or of the range that was shared before boot. */
  struct sharing_storage pool_metadata;
  /* As many times sharing_record_size as there can be regions. */
  struct sharing_storage region_records;
  /* As many times SHARING_MMIO_RECORD_SIZE as there can be MMIO regions. */
  struct sharing_storage mmio_records;
  /* Whether the MMIO guard answers in 32 bits and a good UNMAP with -1, as on Android 13. */
  uint32_t is_android13;
};

enum sharing_init {
  SHARING_INIT_STANDARD = 0, /* as the hypervisor wants it */
  SHARING_INIT_DYNAMIC = 1,  /* regions on demand; AOSP: init_dynamic_shared_pool */
  SHARING_INIT_STATIC = 2,   /* a range that was shared before boot; init_static_shared_pool */
  SHARING_INIT_HEAP = 3      /* regions, and nothing shared; init_heap_shared_pool */
};

enum sharing_direction {
  SHARING_TO_DEVICE = 0,
  SHARING_FROM_DEVICE = 1,
  SHARING_BOTH = 2
};

/* What a teardown has done. */
struct sharing_unshare_report {
  uint64_t granules_unshared;
  uint64_t granules_quarantined; /* not 0: the guest OS must not be entered */
  uint64_t regions_returned;
  uint64_t regions_kept;
};

/* In MMIO granules. */
struct sharing_mmio_report {
  uint64_t unmapped;
  uint64_t still_mapped;
};

/* Recognises the hypervisor and enrols in its MMIO guard, if it has one; no pool yet.
 *
 * SHARING_UNKNOWN_HYPERVISOR, SHARING_HYPERCALL_FAILED, SHARING_MMIO_GRANULE_IS_MISALIGNED, and
 * what tracking the arena answers; then there is no guest. */
uint32_t sharing_create(struct sharing_guest *guest, const struct sharing_machine *machine,
                        struct sharing_evidence *evidence);
/* Unshares all that has not been, and forgets the guest. */
void sharing_drop(struct sharing_guest *guest);

/* Once. `range` was shared before boot; NULL where there is none. */
uint32_t sharing_init(struct sharing_guest *guest, uint32_t how,
                      const struct sharing_range *range, struct sharing_evidence *evidence);

/* A buffer that the host can reach, with whatever was there before. AOSP: alloc_shared. */
uint32_t sharing_alloc_shared(struct sharing_guest *guest, uint64_t size, uint64_t alignment,
                              uint64_t *address, struct sharing_evidence *evidence);
/* AOSP: dealloc_shared. */
uint32_t sharing_dealloc_shared(struct sharing_guest *guest, uint64_t address, uint64_t size,
                                uint64_t alignment, struct sharing_evidence *evidence);
/* Takes everything back from the host, and closes the pool for good. AOSP: unshare_all_memory. */
uint32_t sharing_unshare_all(struct sharing_guest *guest, struct sharing_unshare_report *report);
/* Calls back for each granule that the host may still reach, with the region that holds it. */
void sharing_for_each_lost_granule(const struct sharing_guest *guest, void *context,
                                   void (*lost)(void *context, struct sharing_range granule,
                                                struct sharing_range region));
/* Calls back for each free block of the pool. */
void sharing_for_each_free_block(const struct sharing_guest *guest, void *context,
                                 void (*block)(void *context, uint64_t address, uint64_t size));

/* The virtio HAL. Pages have 4096 bytes; buffers are virtual. AOSP: HalImpl. */
uint32_t sharing_dma_alloc(struct sharing_guest *guest, uint64_t pages, uint32_t direction,
                           uint64_t *address, uint64_t *virtual_address,
                           struct sharing_evidence *evidence);
uint32_t sharing_dma_dealloc(struct sharing_guest *guest, uint64_t address, uint64_t pages,
                             struct sharing_evidence *evidence);
/* A bounce buffer for a private one: its address is the device's. */
uint32_t sharing_share(struct sharing_guest *guest, uint64_t buffer, uint64_t size,
                       uint32_t direction, uint64_t *address, struct sharing_evidence *evidence);
/* Ends it, after copying back what the device wrote, where the direction says so. */
uint32_t sharing_unshare(struct sharing_guest *guest, uint64_t address, uint64_t buffer,
                         uint64_t size, uint32_t direction, struct sharing_evidence *evidence);

/* Declares every MMIO granule that the range touches. */
uint32_t sharing_map_mmio(struct sharing_guest *guest, struct sharing_range range,
                          struct sharing_evidence *evidence);
uint32_t sharing_unmap_all_mmio(struct sharing_guest *guest, struct sharing_mmio_report *report);

#ifdef __cplusplus
}
#endif

#endif
