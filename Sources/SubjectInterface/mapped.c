#include "sharecheck_mapped.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sharecheck_guard.h"

#define PAGE ((uint64_t)SHARECHECK_MAPPED_PAGE)
/* How many pages one touch opens at most, where pages are touched one after the other. */
#define MOST_AT_ONCE 64u

struct window {
  uint64_t start, pages;
  uint32_t first; /* the number of its first page among those of all windows */
};

/* What is known of a page, by its number. A stale print is no print: the machine changed since. The
 * upper bits count the looks since the last one that found a change, as far as they go. */
enum { IS_OPEN = 1, IS_STALE = 2 /* and IS_STALE << 1, of the other side */, LOOK = 8, IDLE = 31 };

static struct {
  struct window windows[SHARECHECK_MAPPED_WINDOWS];
  unsigned count;
  uint32_t pages; /* of all windows */
  uint32_t room;  /* for so many there are states and prints */
  uint8_t *states;
  uint8_t *prints[2];
  uint32_t *open; /* the numbers of open pages, ascending below `sorted` */
  unsigned opened, sorted;
  sharecheck_mapped_fill fill[2];
  void *context[2];
  unsigned side;
  uint64_t next;    /* where a touch would go on */
  unsigned at_once; /* how many pages the last touch opened */
  uint64_t offset;
} mapped;

static struct sigaction before;

/* Pages. */

/* The number of the page of an address, -1 where no window has it. */
static int64_t number_of(uint64_t address) {
  for (unsigned i = 0; i < mapped.count; i++) {
    uint64_t page = (address - mapped.windows[i].start) / PAGE;
    if (address >= mapped.windows[i].start && page < mapped.windows[i].pages)
      return mapped.windows[i].first + (int64_t)page;
  }
  return -1;
}

static uint64_t address_of(uint32_t number) {
  unsigned i = mapped.count - 1;
  while (mapped.windows[i].first > number) i--;
  return mapped.windows[i].start + (number - mapped.windows[i].first) * PAGE;
}

static uint64_t *print_of(unsigned side, uint32_t number) {
  return (uint64_t *)(mapped.prints[side] + number * PAGE);
}

static void *pointer(uint64_t address) { return (void *)(uintptr_t)address; }

static void print(unsigned side, uint32_t number, uint64_t address) {
  mapped.fill[side](mapped.context[side], address, print_of(side, number));
  mapped.states[number] &= (uint8_t)~(IS_STALE << side);
}

static void close_pages(void) {
  for (unsigned i = 0; i < mapped.opened; i++) mapped.states[mapped.open[i]] = 0;
  mapped.opened = mapped.sorted = 0;
  mapped.next = 0;
}

static int compare(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static void sort(void) {
  if (mapped.sorted == mapped.opened) return;
  qsort(mapped.open, mapped.opened, sizeof *mapped.open, compare);
  mapped.sorted = mapped.opened;
}

/* Faults. */

/* Opens the closed page of this number, and those after it if it goes on where the last one ended.
 * Says whether that could be done. */
static int open_pages(uint32_t number, uint64_t address) {
  unsigned most = address == mapped.next ? 2 * mapped.at_once : 1;
  if (most > MOST_AT_ONCE) most = MOST_AT_ONCE;
  unsigned count = 1;
  while (count < most && number_of(address + count * PAGE) == number + (int64_t)count &&
         !(mapped.states[number + count] & IS_OPEN))
    count++;
  if (mprotect(pointer(address), count * PAGE, PROT_READ | PROT_WRITE)) return 0;
  for (unsigned i = 0; i < count; i++) {
    uint64_t at = address + i * PAGE;
    mapped.states[number + i] = (uint8_t)(IS_OPEN | IS_STALE << !mapped.side);
    print(mapped.side, number + i, at);
    memcpy(pointer(at), print_of(mapped.side, number + i), PAGE);
    mapped.open[mapped.opened++] = number + i;
  }
  mapped.at_once = count;
  mapped.next = address + count * PAGE;
  return 1;
}

static void fault(int signal_number, siginfo_t *info, void *context) {
  if (info->si_code > 0) {
    uint64_t address = (uint64_t)(uintptr_t)info->si_addr & ~(PAGE - 1);
    int64_t number = number_of(address);
    if (number >= 0 && mapped.fill[mapped.side] && !(mapped.states[number] & IS_OPEN)) {
      int saved = errno;
      void *guard = sharecheck_guard_leave();
      int is_open = open_pages((uint32_t)number, address);
      sharecheck_guard_return(guard);
      errno = saved;
      if (is_open) return;
    }
  }
  if (before.sa_flags & SA_SIGINFO) {
    before.sa_sigaction(signal_number, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(signal_number);
  } else {
    signal(signal_number, SIG_DFL);
    raise(signal_number);
  }
}

int sharecheck_mapped_catch_faults(void) {
  static int is_caught;
  if (is_caught) return 0;
  /* Filling a page takes more stack than a signal has by itself. */
  static char stack[1 << 18];
  const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
  if (sigaltstack(&other, NULL)) return errno;
  struct sigaction action = {.sa_sigaction = fault,
                             .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  if (sigaction(SIGSEGV, &action, &before)) return errno;
  is_caught = 1;
  return 0;
}

/* Windows. */

static void *reserved(uint64_t bytes) {
  void *place = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return place == MAP_FAILED ? NULL : place;
}

/* Room for what is known of so many pages. */
static int make_room(uint32_t pages) {
  if (pages <= mapped.room) return 0;
  uint32_t room = mapped.room;
  if (room) {
    munmap(mapped.prints[0], room * PAGE);
    munmap(mapped.prints[1], room * PAGE);
    munmap(mapped.open, room * sizeof *mapped.open);
    munmap(mapped.states, room);
  }
  mapped.room = 0;
  mapped.prints[0] = reserved(pages * PAGE);
  mapped.prints[1] = reserved(pages * PAGE);
  mapped.open = reserved(pages * sizeof *mapped.open);
  mapped.states = reserved(pages);
  if (!mapped.prints[0] || !mapped.prints[1] || !mapped.open || !mapped.states) return ENOMEM;
  mapped.room = pages;
  return 0;
}

static int is_reserved(const struct sharecheck_range *windows, unsigned count) {
  if (count != mapped.count) return 0;
  for (unsigned i = 0; i < count; i++)
    if (windows[i].start != mapped.windows[i].start ||
        windows[i].size != mapped.windows[i].pages * PAGE)
      return 0;
  return 1;
}

static void unmap_windows(void) {
  for (unsigned i = 0; i < mapped.count; i++)
    munmap(pointer(mapped.windows[i].start), mapped.windows[i].pages * PAGE);
  mapped.count = 0;
  mapped.pages = 0;
}

int sharecheck_mapped_reserve(const struct sharecheck_range *windows, unsigned count) {
  if (is_reserved(windows, count)) {
    sharecheck_mapped_close();
    return 0;
  }
  close_pages();
  unmap_windows();
  uint64_t pages = 0;
  for (unsigned i = 0; i < count; i++) pages += windows[i].size / PAGE;
  int error = make_room((uint32_t)pages);
  for (unsigned i = 0; i < count && !error; i++) {
    void *place = pointer(windows[i].start);
    void *got = mmap(place, windows[i].size, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (got == place) {
      mapped.windows[i] =
          (struct window){windows[i].start, windows[i].size / PAGE, mapped.pages};
      mapped.pages += (uint32_t)mapped.windows[i].pages;
      mapped.count++;
    } else {
      error = got == MAP_FAILED ? errno : EEXIST;
      if (got != MAP_FAILED) munmap(got, windows[i].size);
    }
  }
  if (error) unmap_windows();
  return error;
}

void sharecheck_mapped_close(void) {
  sort();
  for (unsigned i = 0, end; i < mapped.opened; i = end) {
    /* One call for all pages of a window that are open, and those between them. */
    uint64_t first = address_of(mapped.open[i]);
    unsigned window = mapped.count - 1;
    while (mapped.windows[window].start > first) window--;
    uint64_t past = mapped.windows[window].first + mapped.windows[window].pages;
    for (end = i + 1; end < mapped.opened && mapped.open[end] < past;) end++;
    mprotect(pointer(first), address_of(mapped.open[end - 1]) + PAGE - first, PROT_NONE);
  }
  close_pages();
}

unsigned sharecheck_mapped_open_pages(void) { return mapped.opened; }

/* Sides. */

void sharecheck_mapped_set(unsigned side, sharecheck_mapped_fill fill, void *context) {
  mapped.fill[side] = context ? fill : NULL;
  mapped.context[side] = context;
  for (unsigned i = 0; i < mapped.opened; i++) mapped.states[mapped.open[i]] |= IS_STALE << side;
}

void sharecheck_mapped_changed(unsigned side, uint64_t address, uint64_t size) {
  for (unsigned i = 0; i < mapped.opened; i++) {
    uint64_t page = address_of(mapped.open[i]);
    if (page + PAGE - address - 1 < size + PAGE - 1)
      mapped.states[mapped.open[i]] |= IS_STALE << side;
  }
}

void sharecheck_mapped_enter(unsigned side) {
  unsigned is_other = side != mapped.side;
  mapped.side = side;
  for (unsigned i = 0; i < mapped.opened; i++) {
    uint32_t number = mapped.open[i];
    unsigned is_stale = mapped.states[number] & IS_STALE << side;
    if (!is_stale && !is_other) continue;
    uint64_t address = address_of(number);
    if (is_stale) print(side, number, address);
    memcpy(pointer(address), print_of(side, number), PAGE);
  }
}

int sharecheck_mapped_next(unsigned *place, uint64_t *address, const uint64_t **now,
                           const uint64_t **then) {
  sort();
  while (*place < mapped.opened) {
    uint32_t number = mapped.open[(*place)++];
    *address = address_of(number);
    *now = pointer(*address);
    *then = print_of(mapped.side, number);
    if (memcmp(*now, *then, PAGE)) {
      mapped.states[number] %= LOOK;
      return 1;
    }
    if (mapped.states[number] / LOOK < IDLE) mapped.states[number] += LOOK;
  }
  return 0;
}

void sharecheck_mapped_close_idle(void) {
  sort();
  unsigned kept = 0;
  for (unsigned i = 0, end; i < mapped.opened; i = end) {
    uint32_t number = mapped.open[i];
    end = i + 1;
    if (mapped.states[number] / LOOK < IDLE) {
      mapped.open[kept++] = number;
      continue;
    }
    uint64_t address = address_of(number);
    while (end < mapped.opened && mapped.states[mapped.open[end]] / LOOK == IDLE &&
           address_of(mapped.open[end]) == address + (end - i) * PAGE)
      end++;
    mprotect(pointer(address), (end - i) * PAGE, PROT_NONE);
    for (unsigned k = i; k < end; k++) mapped.states[mapped.open[k]] = 0;
  }
  mapped.opened = mapped.sorted = kept;
}

int sharecheck_mapped_page(uint64_t address, const uint64_t **now, const uint64_t **then) {
  int64_t number = number_of(address);
  if (number < 0 || !(mapped.states[number] & IS_OPEN)) return 0;
  *now = pointer(address & ~(PAGE - 1));
  *then = print_of(mapped.side, (uint32_t)number);
  return 1;
}

void sharecheck_mapped_settle(uint64_t address, uint64_t size) {
  while (size) {
    uint64_t step = PAGE - address % PAGE;
    if (step > size) step = size;
    int64_t number = number_of(address);
    if (number >= 0 && mapped.states[number] & IS_OPEN)
      memcpy((uint8_t *)print_of(mapped.side, (uint32_t)number) + address % PAGE,
             pointer(address), step);
    address += step;
    size -= step;
  }
}

void sharecheck_mapped_settle_all(void) {
  for (unsigned i = 0; i < mapped.opened; i++)
    memcpy(print_of(mapped.side, mapped.open[i]), pointer(address_of(mapped.open[i])), PAGE);
}

/* The machine's functions. */

void sharecheck_mapped_set_offset(uint64_t offset) { mapped.offset = offset; }

void sharecheck_mapped_zero(void *context, uint64_t start, uint64_t size) {
  (void)context;
  memset(pointer(start + mapped.offset), 0, size);
}

void sharecheck_mapped_copy(void *context, uint64_t from, uint64_t to, uint64_t size) {
  (void)context;
  memmove(pointer(to + mapped.offset), pointer(from + mapped.offset), size);
}

uint64_t sharecheck_mapped_load(void *context, uint64_t address) {
  (void)context;
  uint64_t word;
  memcpy(&word, pointer(address + mapped.offset), sizeof word);
  return word;
}

void sharecheck_mapped_store(void *context, uint64_t address, uint64_t word) {
  (void)context;
  memcpy(pointer(address + mapped.offset), &word, sizeof word);
}
