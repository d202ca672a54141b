// How a door leads from a guest to its VMM: one store at DOOR, with what is wanted as its value, and a mailbox of
// memory that both reach. Included by either side.
#pragma once
#define DOOR 0x0A000000ul           // where no memory is, so that a store leaves the guest
#define DOOR_MAILBOX (DOOR + 8)     // a store here says where the mailbox is
#define MAILBOX_WORDS 4096ul        // registers of a call; behind them bytes for the judge, and behind these the judge's
#define MAILBOX_BYTES 0x10000ul
#define MAILBOX_SIZE (MAILBOX_WORDS + 2 * MAILBOX_BYTES)

// Of judge/shared/ControlCall.swift, what a VMM can answer.
#define VMM_SHARED_COUNT 0xC600FF10ul
#define VMM_SHARED_PAGE 0xC600FF11ul
#define VMM_AUDIT 0xC600FF14ul
#define VMM_LAST_EFFECT 0xC600FF15ul
#define VMM_RESTART 0xC600FF20ul
#define VMM_ADD_RAM 0xC600FF21ul
#define VMM_BEGIN_COMMAND 0xC600FF30ul // answered without a knock: the VMM looks at memory before it reads the judge
#define VMM_UNPIN_ALL 0xC600FF41ul     // as is this: nothing is ever pinned
#define VMM_HOST_FILL 0xC600FF42ul
#define VMM_HOST_EXPECT 0xC600FF46ul

enum {
  DOOR_CONTROL = 1, // a ControlCall, x0 to x3 in the first words, its answer in the same
  DOOR_TALK,        // so many bytes (first word) to the judge, and at most so many (second word) of the judge's, unless
                    // that is 0; how many they were, in the second word
  DOOR_LEAVE,       // the end, with a status
};
