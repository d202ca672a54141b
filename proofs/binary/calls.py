"""Stand-ins for functions that have theorems of their own: they note how they were called."""

from forest import LEVELS_WORD, SELF_AT
from logic import every
from machine import Area, number, peek, poke, to_z3

CALLS_AT = 0x2300_0000
ARGUMENTS = ("x0", "x1", "x2", "x3", "x20")
ALLOCATOR_WORDS = 9
# What the metadata and the window hang on: all of the allocator's words but its storage and the index.
FIXED = (0, 1, 4, 5, LEVELS_WORD)


class Calls:
    """Notes the calls of one function: how many, and the last one's arguments and allocator."""

    def __init__(self, symbol, effect=lambda state: None):
        self.area = Area("calls", CALLS_AT, [number(0)] * (1 + len(ARGUMENTS) + ALLOCATOR_WORDS))
        self.stand_ins = {symbol: self._note}
        self.effect = effect

    def _note(self, state):
        this = state.regs.x20
        noted = [
            peek(state, CALLS_AT) + 1,
            *[getattr(state.regs, name) for name in ARGUMENTS],
            *[peek(state, this + 8 * index) for index in range(ALLOCATOR_WORDS)],
        ]
        for index, value in enumerate(noted):
            poke(state, CALLS_AT + 8 * index, value)
        self.effect(state)

    @staticmethod
    def none(path):
        return path.areas["calls"][0] == 0

    @staticmethod
    def one(path, *arguments):
        """That it was called once, with these arguments, and for the allocator itself."""
        seen = path.areas["calls"]
        return every(
            seen[0] == 1,
            seen[5] == SELF_AT,
            *[seen[1 + index] == value for index, value in enumerate(arguments)],
        )

    @staticmethod
    def one_with_copy(path, forest, *arguments):
        """That it was called once, with these arguments, for the allocator or a copy of it."""
        seen = path.areas["calls"]
        return every(
            seen[0] == 1,
            *[seen[1 + index] == value for index, value in enumerate(arguments)],
            *[seen[6 + index] == to_z3(forest.this.words[index]) for index in FIXED],
            seen[6 + 6] & 0xFF == 0,
        )
