"""An allocator with its metadata in the machine's memory, and what its state means.

It has one, two or three levels of one kernel each, at any address: kernel 0 of level n stands for a slot
of kernel 0 of level n + 1 that may be any. With one kernel a level the index is a word: bit 6n + k of
`ordersWithFree` says that level n has a free block of order k. Kernels that are wholly free are blocks
of their parent, so the index has no order 6.
"""

import z3

from logic import every
from machine import Area, number, symbol, to_z3
from slots import ORDERS, Slots, bit, word

SELF_AT, LEVELS_AT, KERNELS_AT = 0x2000_0000, 0x2100_0000, 0x2200_0000
# The allocator's words by index; the others are its shift, top order and storage.
LEVELS_WORD, INDEX_WORD = 7, 8
KERNEL_BYTES = 128
BUT_ABSENT = [*range(14), 15]
# The logarithm of the minimum block: a page, as in the firmware.
SHIFT = 12


class Forest:
    """All allocators with this top order, in any state, with minimum blocks of a page."""

    def __init__(self, top_order):
        self.top_order = top_order
        self.level_count = top_order // 6 + 1
        bits_below = 6 * self.level_count + SHIFT
        numbers = [symbol("root number", 64 - bits_below)]
        self.slots = []
        while len(numbers) < self.level_count:
            self.slots.insert(0, symbol(f"slot {len(numbers)} below the root", 6))
            numbers.insert(0, numbers[0].concat(self.slots[0]))
        self.start = numbers[0].concat(number(0, 6 + SHIFT))
        self.kernels = [
            Area(
                f"kernel {level}",
                KERNELS_AT + KERNEL_BYTES * level,
                [symbol(f"level {level} word {index}") for index in range(16)],
            )
            for level in range(self.level_count)
        ]
        levels = [
            word
            for level, first in enumerate(numbers)
            for word in (
                number(self.kernels[level].address),
                number(8),
                first.zero_extend(64 - first.size()),
                number(1),
                number(self.top(level)),
                number(SHIFT + 6 * level),
                number(0),
                number(0),
            )
        ]
        self.levels = Area("levels", LEVELS_AT, levels)
        self.this = Area(
            "self",
            SELF_AT,
            [
                number(SHIFT),
                number(top_order),
                symbol("storage"),
                symbol("storage size"),
                self.start,
                number(64 << SHIFT),
                symbol("padding", 56).concat(number(0, 8)),
                number(LEVELS_AT),
                symbol("orders with free"),
            ],
        )

    def top(self, level):
        """The order to which the kernels of a level merge."""
        return self.top_order % 6 if level == self.level_count - 1 else 6

    def areas(self, levels_that_change):
        """What the machine is given; only the index and the kernels of these levels may be written."""
        self.this.writable = [INDEX_WORD] if levels_that_change else []
        for level, kernel in enumerate(self.kernels):
            kernel.writable = BUT_ABSENT if level in levels_that_change else []
        return [self.this, self.levels, *self.kernels]

    def before(self, level):
        return Slots(to_z3(word) for word in self.kernels[level].words)

    def after(self, path, level):
        return Slots(path.areas[f"kernel {level}"])

    def slot(self, level):
        """The slot of its parent that the kernel of a level stands for."""
        return z3.ZeroExt(58, to_z3(self.slots[level]))

    # MARK: The index

    @property
    def index_before(self):
        return to_z3(self.this.words[INDEX_WORD])

    def index_after(self, path):
        return path.areas["self"][INDEX_WORD]

    def mask(self, levels):
        return sum(1 << 6 * level + order for level in levels for order in ORDERS[:6])

    def is_index(self, index, level, state):
        """That the index says of a level what is true of its kernel's state."""
        expected = word(0)
        for order in ORDERS[:6]:
            expected = expected | z3.If(state.free[order] != 0, bit(6 * level + order), word(0))
        return index & self.mask([level]) == expected

    def index_follows(self, path, levels):
        """That the index says what is true of these levels, and all else of it is as before."""
        index = self.index_after(path)
        return every(
            *[self.is_index(index, level, self.after(path, level)) for level in levels],
            (index ^ self.index_before) & word(~self.mask(levels)) == 0,
        )

    # MARK: States

    def holds(self, level):
        """That a level's kernel satisfies the invariant, and the index is right about it."""
        state = self.before(level)
        return every(state.invariant(self.top(level)), self.is_index(self.index_before, level, state))

    def is_split(self, level):
        """That the kernel of a level has its slot from its parent."""
        return self.before(level + 1).split & bit(self.slot(level)) != 0

    def unchanged(self, path, levels):
        return every(*[self.after(path, level).equals(self.before(level)) for level in levels])
