/* Real memory at the addresses of a simulated machine. For the checks; a subject does not include
 * it.
 *
 * A process has one such memory: windows of whole pages, of which each page is closed until it is
 * touched. Then it is filled with the bytes that the machine of that moment has there, and stays
 * open. Of each open page a second copy is kept, the print: the bytes as the checks know them, so
 * that what was written since can be found. Two machines can have their memory at the same
 * addresses, one at a time: they are the two sides. Not for several threads. */
#ifndef SHARECHECK_MAPPED_H
#define SHARECHECK_MAPPED_H

#include "sharecheck_subject.h"

/* Bytes of a page, whatever the processor has. */
#define SHARECHECK_MAPPED_PAGE 4096u
/* The most windows. */
#define SHARECHECK_MAPPED_WINDOWS 4u

/* Writes the bytes that a machine has in the page at a virtual address. */
typedef void (*sharecheck_mapped_fill)(void *context, uint64_t address, uint64_t *page);

/* From now on touching a closed page opens it. Who handled SIGSEGV before has all other faults
 * still. Returns 0, or errno. */
int sharecheck_mapped_catch_faults(void);

/* Has these windows and no others: whole pages at virtual addresses, ascending, apart, at most
 * SHARECHECK_MAPPED_WINDOWS. All pages are closed. Returns 0, or errno where something else lies
 * there, or there are not so many addresses; then there are no windows. */
int sharecheck_mapped_reserve(const struct sharecheck_range *windows, unsigned count);

/* Closes all pages. */
void sharecheck_mapped_close(void);

/* Closes those in which many looks, one after the other, have found nothing new. */
void sharecheck_mapped_close_idle(void);

/* How many pages are open. */
unsigned sharecheck_mapped_open_pages(void);

/* The machine of a side, 0 or 1; NULL for none. What the side had is forgotten. */
void sharecheck_mapped_set(unsigned side, sharecheck_mapped_fill fill, void *context);

/* The side's machine now has other bytes here, whoever wrote them. */
void sharecheck_mapped_changed(unsigned side, uint64_t address, uint64_t size);

/* Puts the bytes of a side's machine into all open pages: before anybody touches them. */
void sharecheck_mapped_enter(unsigned side);

/* The open pages in which the bytes differ from the print of the side that was entered, ascending:
 * answers 0 after the last one. A `place` of 0 begins. */
int sharecheck_mapped_next(unsigned *place, uint64_t *address, const uint64_t **now,
                           const uint64_t **print);

/* The bytes, and the print, of an open page; 0 where it is closed. */
int sharecheck_mapped_page(uint64_t address, const uint64_t **now, const uint64_t **print);

/* The print becomes what the bytes are: in part of an open page, and in all of them. */
void sharecheck_mapped_settle(uint64_t address, uint64_t size);
void sharecheck_mapped_settle_all(void);

/* `zero`, `copy`, `load` and `store` of a machine whose memory is mapped. */
void sharecheck_mapped_zero(void *context, uint64_t start, uint64_t size);
void sharecheck_mapped_copy(void *context, uint64_t from, uint64_t to, uint64_t size);
uint64_t sharecheck_mapped_load(void *context, uint64_t address);
void sharecheck_mapped_store(void *context, uint64_t address, uint64_t word);

/* Virtual less physical addresses, for those four. */
void sharecheck_mapped_set_offset(uint64_t offset);

#endif
