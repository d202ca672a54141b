"""The allocator's frees of blocks that a caller has, and its allocations, on two levels of one kernel.

What they do to a level's kernel and to the index is followed in their own code; of `ascend` and
`descend`, which have theorems of their own, only the call is seen.
"""

import z3

from calls import Calls
from forest import KERNELS_AT, SELF_AT, SHIFT, Forest
from functions import threw
from logic import every
from machine import number, poke, symbol, to_z3
from moves import ALLOCATOR, ASCEND, DESCEND, common, theorems
from refusals import DEALLOCATE, ORDERS, TOP_ORDER, layout, nothing_changes, owned_block, too_large
from slots import ALL, bit, block, word
from swift import LARGER_THAN_THE_TOP_ORDER, SIZE_OVERFLOWS, throws
from theorems import Question, Subject, hold_on_all_paths

ALLOCATE = ALLOCATOR + "8allocateyAA15PhysicalAddressVAA6LayoutVAA10ShareErrorOYKF"
EXHAUSTED = 3


def prove_free(machine, order):
    """A free of a block that a caller has."""
    forest = Forest(TOP_ORDER)
    level, inner = order // 6, order % 6
    if level == 0:
        slot = symbol("start", 6 - inner)
        slot = slot.concat(number(0, inner)) if inner else slot
        address = forest.start | slot.zero_extend(58) << SHIFT
    else:
        slot, address = forest.slots[0], forest.start
    assumption = owned_block(forest, address, order)
    size, alignment = layout(order)
    ascend = Calls(ASCEND)
    run = machine.run(
        DEALLOCATE,
        {"x0": address, "x1": size, "x2": alignment, "x20": SELF_AT, "x21": 0},
        [*forest.areas([level]), ascend.area],
        [assumption],
        ascend.stand_ins,
    )

    where, before = to_z3(slot.zero_extend(58)), forest.before(level)
    given = every(forest.holds(level), to_z3(assumption))
    free_slots = before.free_slots | block(where, inner)
    is_whole = free_slots == ALL if forest.top(level) == 6 else z3.BoolVal(False)

    def frees(path):
        after = forest.after(path, level)
        kept = every(
            after.free_slots == free_slots,
            after.used[inner] == before.used[inner] & ~bit(where),
            after.equals(before, but=[*range(7), 7 + inner]),
            ascend.none(path),
        )
        return every(
            z3.Not(threw(path)),
            forest.unchanged(path, [1 - level]),
            z3.If(is_whole, every(after.is_zero(), ascend.one(path, 0, level)), kept),
        )

    name = f"order {order}"
    yield from common("forest.free", run, given, name, but=("x20", "x21"))
    yield from hold_on_all_paths(
        run,
        given,
        {
            "forest.free.frees-the-block": frees,
            "forest.free.keeps-the-invariant": lambda path: z3.Or(
                is_whole, forest.after(path, level).invariant(forest.top(level))
            ),
            "forest.free.index": lambda path: forest.index_follows(path, [level]),
        },
        name,
    )
    if level == 0:
        yield Question("forest.free.occurs", [given, is_whole], "sat", f"{name}: a whole kernel")


def prove_refused(machine, case):
    """An allocation that is too large, or for which there is no block."""
    forest = Forest(TOP_ORDER)
    if case == "too large":
        size, alignment, assumption = too_large()
    else:
        size, alignment = layout(case)
        assumption = forest.this.words[8] >> case == 0
    descend = Calls(DESCEND)
    run = machine.run(
        ALLOCATE,
        {"x0": size, "x1": alignment, "x20": SELF_AT, "x21": 0},
        [*forest.areas([]), descend.area],
        [assumption],
        descend.stand_ins,
    )
    given = to_z3(assumption)
    words = [to_z3(size), to_z3(alignment)]

    def refuses(path):
        if case == "too large":
            error = z3.If(
                z3.UGT(words[0], 2**63),
                throws(path, SIZE_OVERFLOWS, words[0]),
                throws(path, LARGER_THAN_THE_TOP_ORDER, *words),
            )
        else:
            error = throws(path, EXHAUSTED, *words)
        return every(error, descend.none(path), nothing_changes(forest, path))

    name = f"refused: {case}"
    yield from common("forest.allocate", run, given, name, but=("x20", "x21"))
    yield from hold_on_all_paths(run, given, {"forest.allocate.refusal-leaves-no-trace": refuses}, name)


def prove_allocate(machine, case):
    """An allocation of an order, by the lowest order from there on that has a free block, if any."""
    order, source = case
    if source is None:
        yield from prove_refused(machine, order)
        return
    forest = Forest(TOP_ORDER)
    level, inner = order // 6, order % 6
    opens = source // 6 > level
    bits = forest.this.words[8] >> order
    assumptions = [bits & ((1 << source - order + 1) - 1) == 1 << source - order]
    if opens:
        # The child that will be opened holds zeros, and the index has nothing of its level.
        forest.kernels[0].words = [number(0)] * 16
        assumptions += [forest.this.words[8] & forest.mask([0]) == 0]
        given = z3.BoolVal(True)
    else:
        words = forest.kernels[level].words
        assumptions += [words[each % 6] == 0 for each in range(order, source)] + [words[source % 6] != 0]
        given = forest.holds(level)
    given = every(given, *[to_z3(each) for each in assumptions])

    def open_child(state):
        poke(state, KERNELS_AT + 8 * 6, number(1))
        state.regs.x0 = 0

    descend = Calls(DESCEND, open_child)
    size, alignment = layout(order)
    run = machine.run(
        ALLOCATE,
        {"x0": size, "x1": alignment, "x20": SELF_AT, "x21": 0},
        [*forest.areas([level]), descend.area],
        assumptions,
        descend.stand_ins,
    )
    before = forest.before(level)
    free_slots = word(ALL) if opens else before.free_slots
    base = to_z3(forest.start) & ~word((1 << SHIFT + 6 * (level + 1)) - 1)

    def serves(path):
        address, after = path.registers["x0"], forest.after(path, level)
        slot = z3.LShR(address, SHIFT + 6 * level) & 63
        is_lowest = (
            slot == 0
            if opens
            else every(
                before.free[source % 6] & bit(slot) != 0, before.free[source % 6] & (bit(slot) - 1) == 0
            )
        )
        return every(
            z3.Not(threw(path)),
            address == base | slot << SHIFT + 6 * level,
            is_lowest,
            block(slot, inner) & ~free_slots == 0,
            after.free_slots == free_slots & ~block(slot, inner),
            after.used[inner] == before.used[inner] | bit(slot),
            after.equals(before, but=[*range(7), 7 + inner]),
            forest.unchanged(path, [1 - level]),
            descend.one(path, level, 0, source // 6, source % 6) if opens else descend.none(path),
        )

    name = f"order {order}, from {source}"
    yield from common("forest.allocate", run, given, name, but=("x20", "x21"))
    yield from hold_on_all_paths(
        run,
        given,
        {
            "forest.allocate.serves-the-lowest-block": serves,
            "forest.allocate.keeps-the-invariant": lambda path: forest.after(path, level).invariant(
                forest.top(level)
            ),
            "forest.allocate.index": lambda path: forest.index_follows(path, [level]),
        },
        name,
    )


SUBJECTS = [
    Subject(
        "forest.free",
        [DEALLOCATE],
        theorems(
            "forest.free",
            {
                "frees-the-block":
                    "the slots of a used block that is neither absent nor split are free in its "
                    "kernel, and all else is kept; a kernel that becomes wholly free is left with "
                    "zeros, and `ascend` is called for it",
                "keeps-the-invariant": "the kernel satisfies the invariant afterwards, or is all zeros",
                "index": "the index says what is true of the level, and all else in it is kept",
            },
        ),
        list(ORDERS),
        prove_free,
    ),
    Subject(
        "forest.allocate",
        [ALLOCATE],
        theorems(
            "forest.allocate",
            {
                "serves-the-lowest-block":
                    "the address is that of the lowest block of the smallest order that the index has, "
                    "split from its lower end; where that order is a level up, of the child that "
                    "`descend` is called to open",
                "refusal-leaves-no-trace":
                    "what is above the top order, and what no free block is large enough for, is "
                    "refused; nothing changes",
                "keeps-the-invariant": "the kernel satisfies the invariant afterwards",
                "index": "the index says what is true of the level, and all else in it is kept",
            },
        ),
        [(order, source) for order in ORDERS for source in range(order, TOP_ORDER + 1)]
        + [(order, None) for order in [*ORDERS, "too large"]],
        prove_allocate,
    ),
]
