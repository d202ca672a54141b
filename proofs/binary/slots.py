"""What a kernel's sixteen words mean, and the invariant that its operations keep.

Words 0 to 6 are the free blocks by order, 7 to 13 the used ones, 14 is `absent`, 15 is `split`. Slot i
is bit i, and a block is named by its first slot.
"""

import z3

from logic import every

ORDERS = range(7)
ALL = 2**64 - 1
# The slots at which a block of an order may start.
STARTS = [sum(1 << slot for slot in range(0, 64, 1 << order)) for order in ORDERS]


def word(value):
    return z3.BitVecVal(value & ALL, 64)


def bit(slot):
    return word(1) << slot


def block(slot, order):
    """The slots of a block; the order is a number, the slot may be unknown."""
    return word((1 << (1 << order)) - 1) << slot


def slots_of(starts, order):
    """The slots of all blocks of an order whose first slots are given."""
    slots = starts
    for shift in range(order):
        slots = slots | (slots << (1 << shift))
    return slots


class Slots:
    """A kernel's state."""

    def __init__(self, words):
        self.words = list(words)
        self.free = self.words[0:7]
        self.used = self.words[7:14]
        self.absent, self.split = self.words[14:16]

    @property
    def free_slots(self):
        slots = word(0)
        for order in ORDERS:
            slots = slots | slots_of(self.free[order], order)
        return slots

    @property
    def used_slots(self):
        slots = word(0)
        for order in ORDERS:
            slots = slots | slots_of(self.used[order], order)
        return slots

    def partition(self, top):
        """Every slot belongs to exactly one aligned block of at most the top order, free or used."""
        parts = []
        seen = word(0)
        for starts in (self.free, self.used):
            for order in ORDERS:
                allowed = STARTS[order] if order <= top else 0
                parts.append(starts[order] & word(~allowed) == 0)
                slots = slots_of(starts[order], order)
                parts.append(seen & slots == 0)
                seen = seen | slots
        return every(*parts, seen == word(ALL))

    def coalesced(self, top):
        """No two buddies below the top order are both free."""
        return every(
            *[
                self.free[order] & z3.LShR(self.free[order], 1 << order) & word(STARTS[order + 1]) == 0
                for order in range(top)
            ]
        )

    def marked(self):
        """Absent and split slots are used blocks of order 0, and no slot is both."""
        return every(self.absent & self.split == 0, (self.absent | self.split) & ~self.used[0] == 0)

    def invariant(self, top):
        return every(self.partition(top), self.coalesced(top), self.marked())

    def is_zero(self):
        """The state of a kernel whose slots all belong to its parent."""
        return every(*[word == 0 for word in self.words])

    def equals(self, other, but=()):
        """That all words but those of these indices are the same."""
        return every(
            *[
                mine == theirs
                for index, (mine, theirs) in enumerate(zip(self.words, other.words))
                if index not in but
            ]
        )
