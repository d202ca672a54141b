/* The honest sharer beside this one, with the bug of AOSP's first MemorySharer: a refill takes as many
 * whole granules as were asked for, wherever the heap has them. But the block of a buffer is a power
 * of two of bytes, and lies at a multiple of its size.
 *
 *     cc -shared -fPIC -O2 -I../../Sources/SubjectInterface/include sharer.c -o libsharer.so
 *     sharecheck run --subject ./libsharer.so
 */
#define REGION(size, block, granule) ((void)(block), ((size) + (granule) - 1) / (granule) * (granule))
#define REGION_ALIGNMENT(region, granule) (granule)
#include "../c-honest/sharer.c"
