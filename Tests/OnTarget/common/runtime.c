// The C symbols that Embedded Swift asks for, and no more: README.md lists who asks for which.
#include <stddef.h>
#include <stdint.h>

extern char __heap_start[], __heap_end[];

// A block knows its size, this header included, and, while it is free, the next free one.
typedef struct block { size_t size; struct block *next; } block;
static block *free_blocks;
static char *fresh = __heap_start;

int posix_memalign(void **out, size_t alignment, size_t size) {
  if (alignment < sizeof(block)) alignment = sizeof(block);
  size = ((size + 15) & ~(size_t)15) + sizeof(block);
  if (alignment == sizeof(block))
    for (block **link = &free_blocks; *link; link = &(*link)->next)
      if ((*link)->size >= size && (*link)->size < size * 2) {
        *out = *link + 1;
        *link = (*link)->next;
        return 0;
      }
  uintptr_t start = ((uintptr_t)fresh + sizeof(block) + alignment - 1) & ~(uintptr_t)(alignment - 1);
  block *header = (block *)start - 1;
  if ((uintptr_t)__heap_end - (uintptr_t)header < size) return 12;
  fresh = (char *)header + size;
  header->size = size;
  *out = header + 1;
  return 0;
}

void free(void *bytes) {
  if (!bytes) return;
  block *header = (block *)bytes - 1;
  header->next = free_blocks;
  free_blocks = header;
}

// By words where all is aligned, since the checks fill and compare megabytes.
void *memset(void *to, int value, size_t count) {
  unsigned char *at = to;
  if (!((uintptr_t)to & 7)) {
    uint64_t word = 0x0101010101010101u * (unsigned char)value;
    for (; count >= 8; count -= 8, at += 8) *(volatile uint64_t *)at = word;
  }
  while (count--) *(volatile unsigned char *)at++ = (unsigned char)value;
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  unsigned char *d = to;
  const unsigned char *s = from;
  if (d <= s || d >= s + count) {
    if (!(((uintptr_t)d | (uintptr_t)s) & 7))
      for (; count >= 8; count -= 8, d += 8, s += 8)
        *(volatile uint64_t *)d = *(const uint64_t *)s;
    while (count--) *(volatile unsigned char *)d++ = *s++;
  } else {
    while (count--) ((volatile unsigned char *)d)[count] = s[count];
  }
  return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  return memmove(to, from, count);
}

// The seed of Swift's hashing, which nothing here uses: a trap, so that nothing can begin to.
void arc4random_buf(void *bytes, size_t count) {
  (void)bytes, (void)count;
  __builtin_trap();
}
