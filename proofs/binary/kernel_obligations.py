"""What must be true of every path through the kernel's two operations."""

import z3

import slots
from logic import every, some
from slots import Slots, bit, block, word

NONE = word(-1)


def after(path):
    return Slots(path.areas["kernel"])


def answer(path):
    return path.registers["x0"]


def allocation(before, top, order):
    """What must be true of every path of an allocation from a state that satisfies the invariant."""
    fits = some(
        *[
            before.free_slots & block(word(start), order) == block(word(start), order)
            for start in range(0, 64, 1 << order)
        ]
    )

    def served(statement):
        return lambda path: z3.Implies(answer(path) != NONE, statement(path, answer(path), after(path)))

    def aligned_and_free(path, slot, _):
        return every(
            z3.ULT(slot, 64),
            slot & ((1 << order) - 1) == 0,
            block(slot, order) & ~before.free_slots == 0,
        )

    def lowest_of_smallest(path, slot, _):
        rules = []
        for source in range(order, top + 1):
            is_source = every(
                before.free[source] != 0, *[before.free[lower] == 0 for lower in range(order, source)]
            )
            is_lowest = every(
                before.free[source] & bit(slot) != 0, before.free[source] & (bit(slot) - 1) == 0
            )
            rules.append(z3.Implies(is_source, is_lowest))
        return every(*rules)

    def conserves(path, slot, state):
        return every(
            state.free_slots == before.free_slots & ~block(slot, order),
            before.used[order] & bit(slot) == 0,
            state.used[order] == before.used[order] | bit(slot),
            state.equals(before, but=[*range(7), 7 + order]),
        )

    return {
        "kernel.allocate.block-was-free": served(aligned_and_free),
        "kernel.allocate.lowest-of-smallest": served(lowest_of_smallest),
        "kernel.allocate.serves-when-it-fits": lambda path: (answer(path) == NONE) == z3.Not(fits),
        "kernel.allocate.none-leaves-no-trace": lambda path: z3.Implies(
            answer(path) == NONE, after(path).equals(before)
        ),
        "kernel.allocate.conservation": served(conserves),
        "kernel.allocate.partition": lambda path: every(
            after(path).partition(top), after(path).marked()
        ),
        "kernel.allocate.stays-coalesced": lambda path: after(path).coalesced(top),
    }


def deallocation(before, top, order, slot):
    """What must be true of every path of a free in a state that satisfies the invariant."""
    valid = every(z3.ULT(slot, 64), before.used[order] & bit(slot) != 0)
    inside = z3.ULT(slot, 64)
    other_order = some(
        *[before.used[other] & bit(slot) != 0 for other in slots.ORDERS if other != order]
    )

    def refused(path):
        return answer(path) == NONE

    def conserves(path):
        state = after(path)
        return z3.Implies(
            valid,
            every(
                state.free_slots == before.free_slots | block(slot, order),
                state.used[order] == before.used[order] & ~bit(slot),
                state.equals(before, but=[*range(7), 7 + order]),
            ),
        )

    def names_the_block(path):
        """The answer is the order of the free block that the freed slots now lie in."""
        merged = [
            every(answer(path) == into, after(path).free[into] & bit(slot & ~((1 << into) - 1)) != 0)
            for into in range(order, top + 1)
        ]
        return z3.Implies(valid, some(*merged))

    def stays_marked(path):
        owned = before.absent | before.split
        is_callers = owned & bit(slot) == 0 if order == 0 else z3.BoolVal(True)
        return z3.Implies(is_callers, after(path).marked())

    return {
        "kernel.deallocate.serves-used-blocks": lambda path: z3.Implies(valid, z3.Not(refused(path))),
        "kernel.deallocate.refuses-double-frees": lambda path: z3.Implies(
            every(inside, before.free_slots & bit(slot) != 0), refused(path)
        ),
        "kernel.deallocate.refuses-wrong-orders": lambda path: z3.Implies(
            every(inside, other_order), refused(path)
        ),
        "kernel.deallocate.refuses-wild-frees": lambda path: z3.Implies(z3.Not(valid), refused(path)),
        "kernel.deallocate.refusal-leaves-no-trace": lambda path: z3.Implies(
            refused(path), after(path).equals(before)
        ),
        "kernel.deallocate.conservation": conserves,
        "kernel.deallocate.answers-the-merged-order": names_the_block,
        "kernel.deallocate.partition": lambda path: every(
            after(path).partition(top), stays_marked(path)
        ),
        "kernel.deallocate.stays-coalesced": lambda path: after(path).coalesced(top),
    }


def refusal(before, operation, theorem):
    """What must be true where an argument is none that exists, whatever the state is."""
    return {
        f"kernel.{operation}.{theorem}": lambda path: every(
            answer(path) == NONE, after(path).equals(before)
        )
    }
