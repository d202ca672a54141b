// What `guest.h` declares.
#include <stdint.h>
#include "door.h"
volatile uint64_t mailbox[MAILBOX_SIZE / 8] __attribute__((aligned(4096)));
uint64_t waiting, arrived, taken;
