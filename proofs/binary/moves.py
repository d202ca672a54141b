"""The two functions that move a slot between a kernel and the child that stands for it.

`descend` hands a free slot to a child that held only zeros; `ascend` takes the slot of a wholly free
child back and frees it there. Both go on for as many levels as it takes: two levels are proved for every
top order from 6 to 11, and a third where one step leads to the next.
"""

import z3

from forest import SELF_AT, Forest
from logic import every
from machine import to_z3
from slots import ALL, bit
from swift import MODULE
from theorems import Question, Subject, hold_on_all_paths, returns_for_all, stays_inside

ALLOCATOR = MODULE + "14BuddyAllocatorV"
PRIVATE = "33_FE1F6E23C26F7E46602BC299409664A6LL"
ASCEND = (
    ALLOCATOR + "6ascend" + PRIVATE + "4from5level5meterys6UInt64V_SixztAA9StepMeterRzlFAA02NoS0V_Tg5"
)
DESCEND = (
    ALLOCATOR
    + "7descend"
    + PRIVATE
    + "2to4from5level7highest5meters6UInt64VAL_ALSiALxztAA9StepMeterRzlFAA02NoU0V_Tg5"
)


def frees(before, after, slot):
    """That the slot, which a child had, is free; but for how free slots are joined, all else is kept."""
    return every(
        after.free_slots == before.free_slots | bit(slot),
        after.used[0] == before.used[0] & ~bit(slot),
        after.split == before.split & ~bit(slot),
        after.equals(before, but=[*range(8), 15]),
    )


def hands_out(before, after, slot):
    """That the slot, which was free, is the child's; but for how they are joined, all else is kept."""
    return every(
        before.free_slots & bit(slot) != 0,
        after.free_slots == before.free_slots & ~bit(slot),
        after.used[0] == before.used[0] | bit(slot),
        after.split == before.split | bit(slot),
        after.equals(before, but=[*range(8), 15]),
    )


def common(group, run, given, name, but=("x20",)):
    """What is asked of every function here."""
    yield returns_for_all(f"{group}.returns", run, given, name)
    yield stays_inside(f"{group}.frame", run, name)
    yield Question(f"{group}.occurs", [given, run.reached], "sat", name)
    yield from hold_on_all_paths(
        run, given, {f"{group}.keeps-registers": lambda path: path.keeps(*but)}, name
    )


def prove_ascend(machine, top_order):
    forest = Forest(top_order)
    name = f"top order {top_order}"
    above = range(1, forest.level_count)
    # Follows from what is given; without it the engine follows refusals that never end.
    assumptions = [
        forest.kernels[level].words[7] & 1 << forest.slots[level - 1].zero_extend(58) != 0
        for level in above
    ]
    run = machine.run(ASCEND, {"x0": 0, "x1": 0, "x20": SELF_AT}, forest.areas(above), assumptions)
    given = every(*[every(forest.holds(level), forest.is_split(level - 1)) for level in above])

    def is_whole(level):
        """Whether the freed slot makes the kernel wholly free, so that it is a block of its parent."""
        if forest.top(level) < 6:
            return z3.BoolVal(False)
        return forest.before(level).free_slots | bit(forest.slot(level - 1)) == ALL

    def moves(path):
        parts, comes_here = [], z3.BoolVal(True)
        for level in above:
            before, after = forest.before(level), forest.after(path, level)
            freed = z3.If(is_whole(level), after.is_zero(), frees(before, after, forest.slot(level - 1)))
            parts.append(z3.If(comes_here, freed, after.equals(before)))
            comes_here = every(comes_here, is_whole(level))
        return every(*parts, forest.unchanged(path, [0]))

    def stays_valid(path):
        return every(
            *[
                z3.Or(
                    forest.after(path, level).invariant(forest.top(level)),
                    every(is_whole(level), forest.after(path, level).is_zero()),
                )
                for level in above
            ]
        )

    yield from common("forest.ascend", run, given, name)
    yield from hold_on_all_paths(
        run,
        given,
        {
            "forest.ascend.frees-the-slot": moves,
            "forest.ascend.keeps-the-invariant": stays_valid,
            "forest.ascend.index": lambda path: forest.index_follows(path, above),
        },
        name,
    )
    if forest.level_count > 2:
        yield Question("forest.ascend.occurs", [given, is_whole(1)], "sat", f"{name}: goes on")


def prove_descend(machine, case):
    top_order, highest = case
    forest = Forest(top_order)
    name = f"top order {top_order}, from order {highest}"
    root = forest.level_count - 1
    start = forest.kernels[root].words[highest]
    slot = forest.slots[root - 1].zero_extend(58)
    # The child that the lowest free block begins with is the one that has metadata here, and what lies
    # between is opened from its first slot on.
    assumptions = [start & -start == 1 << slot] + [between == 0 for between in forest.slots[: root - 1]]
    assumptions += [forest.kernels[root].words[order] == 0 for order in range(highest)]
    # Zeros are given as such: the engine follows fewer paths.
    for level in range(root):
        forest.kernels[level].words = [word * 0 for word in forest.kernels[level].words]
    run = machine.run(
        DESCEND,
        {"x0": 0, "x1": 0, "x2": root, "x3": highest, "x20": SELF_AT},
        forest.areas(range(root + 1)),
        assumptions,
    )
    given = every(
        forest.holds(root),
        *[forest.index_before & forest.mask([level]) == 0 for level in range(root)],
        *[to_z3(each) for each in assumptions],
    )

    def opens(path):
        child = forest.after(path, 0)
        parts = [child.free[6] == 1, child.equals(forest.before(0), but=[6])]
        parts.append(hands_out(forest.before(root), forest.after(path, root), forest.slot(root - 1)))
        for level in range(1, root):
            state = forest.after(path, level)
            parts += [
                state.used[0] == 1,
                state.split == 1,
                state.absent == 0,
                state.free_slots == ALL - 1,
            ]
        return every(*parts, path.registers["x0"] == 0)

    yield from common("forest.descend", run, given, name)
    yield from hold_on_all_paths(
        run,
        given,
        {
            "forest.descend.opens-the-child": opens,
            "forest.descend.keeps-the-invariant": lambda path: every(
                *[forest.after(path, level).invariant(forest.top(level)) for level in range(root + 1)]
            ),
            "forest.descend.index": lambda path: forest.index_follows(path, range(1, root + 1)),
        },
        name,
    )


def theorems(group, own):
    return {
        f"{group}.{name}": sentence
        for name, sentence in {
            **own,
            "keeps-registers": "callee-saved registers and stack pointer are as before",
            "returns": "every such state returns; there is no trap and no endless loop",
            "frame": "no access but to the metadata; no write but to the index and the kernels that are at stake",
            "occurs": "guard: there are such states, and blocks, whole kernels and steps that go on occur",
        }.items()
    }


SUBJECTS = [
    Subject(
        "forest.ascend",
        [ASCEND],
        theorems(
            "forest.ascend",
            {
                "frees-the-slot":
                    "the slot of a wholly free child is no longer split and is free in the parent; all "
                    "else is kept; a parent that becomes wholly free is left with zeros, and its own "
                    "slot freed above it",
                "keeps-the-invariant":
                    "parent and grandparent satisfy the invariant afterwards, or are all zeros",
                "index": "the index says what is true of the levels above, and all else in it is kept",
            },
        ),
        [12, 6, 7, 8, 9, 10, 11],
        prove_ascend,
    ),
    Subject(
        "forest.descend",
        [DESCEND],
        theorems(
            "forest.descend",
            {
                "opens-the-child":
                    "a slot that was free in the parent is used there and split, all else is kept, and "
                    "the child that stands for it is one free block of order 6",
                "keeps-the-invariant": "all kernels on the way satisfy the invariant afterwards",
                "index": "the index says what is true of the levels above, and all else in it is kept",
            },
        ),
        [(6 + top, order) for top in range(6) for order in range(top + 1)] + [(12, 0), (13, 0), (13, 1)],
        prove_descend,
    ),
]
