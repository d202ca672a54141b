"""The kernel's two operations, for every state, every 64-bit argument and every top order.

Where order and top order are ones that exist, they are taken one by one, 28 pairs; the two cases of all
other arguments are asked for as unknown 64-bit values. `kernel.cases` says that these are all.
"""

import z3

import slots
from logic import every, some
from machine import Area, number, symbol, to_z3
from slots import Slots, bit, block, word
from theorems import Fact, Question, Subject, hold_on_all_paths, returns_for_all, stays_inside

ALLOCATE = "sharing_kernel_allocate"
DEALLOCATE = "sharing_kernel_deallocate"
NONE = word(-1)
KERNEL_AT = 0x1000_0000

PAIRS = [(top, order) for top in slots.ORDERS for order in range(top + 1)]
ABOVE = [(top, "above the top order") for top in slots.ORDERS]
NO_TOP = [("no top order", "any")]


def arguments(top, order):
    """A case's two arguments, and what is assumed of them."""
    top_word, order_word = symbol("top"), symbol("order")
    if top == "no top order":
        return top_word, order_word, [top_word > 6]
    if order == "above the top order":
        return number(top), order_word, [order_word > top]
    return number(top), number(order), []


def explore(machine, name, registers, assumptions):
    """Runs an operation on a kernel of which nothing is known; it may write free and used words only."""
    area = Area("kernel", KERNEL_AT, [symbol(f"word{index}") for index in range(16)], writable=range(14))
    run = machine.run(name, {"x0": KERNEL_AT, **registers}, [area], assumptions)
    return run, Slots(to_z3(word) for word in area.words), [to_z3(each) for each in assumptions]


def after(path):
    return Slots(path.areas["kernel"])


def answer(path):
    return path.registers["x0"]


def allocation(before, top, order):
    """What must be true of every path of an allocation from a state that satisfies the invariant."""
    fits = some(*[before.free_slots & block(word(start), order) == block(word(start), order)
                   for start in range(0, 64, 1 << order)])

    def served(statement):
        return lambda path: z3.Implies(answer(path) != NONE, statement(path, answer(path), after(path)))

    def aligned_and_free(path, slot, _):
        return every(z3.ULT(slot, 64), slot & ((1 << order) - 1) == 0,
                      block(slot, order) & ~before.free_slots == 0)

    def lowest_of_smallest(path, slot, _):
        rules = []
        for source in range(order, top + 1):
            is_source = every(before.free[source] != 0,
                               *[before.free[lower] == 0 for lower in range(order, source)])
            is_lowest = every(before.free[source] & bit(slot) != 0,
                               before.free[source] & (bit(slot) - 1) == 0)
            rules.append(z3.Implies(is_source, is_lowest))
        return every(*rules)

    def conserves(path, slot, state):
        return every(state.free_slots == before.free_slots & ~block(slot, order),
                      before.used[order] & bit(slot) == 0,
                      state.used[order] == before.used[order] | bit(slot),
                      state.equals(before, but=[*range(7), 7 + order]))

    return {
        "kernel.allocate.block-was-free": served(aligned_and_free),
        "kernel.allocate.lowest-of-smallest": served(lowest_of_smallest),
        "kernel.allocate.serves-when-it-fits": lambda path: (answer(path) == NONE) == z3.Not(fits),
        "kernel.allocate.none-leaves-no-trace": lambda path: z3.Implies(
            answer(path) == NONE, after(path).equals(before)),
        "kernel.allocate.conservation": served(conserves),
        "kernel.allocate.partition": lambda path: every(
            after(path).partition(top), after(path).marked()),
        "kernel.allocate.stays-coalesced": lambda path: after(path).coalesced(top),
    }


def deallocation(before, top, order, slot):
    """What must be true of every path of a free in a state that satisfies the invariant."""
    valid = every(z3.ULT(slot, 64), before.used[order] & bit(slot) != 0)
    inside = z3.ULT(slot, 64)
    other_order = some(*[before.used[other] & bit(slot) != 0
                          for other in slots.ORDERS if other != order])

    def refused(path):
        return answer(path) == NONE

    def conserves(path):
        state = after(path)
        return z3.Implies(valid, every(
            state.free_slots == before.free_slots | block(slot, order),
            state.used[order] == before.used[order] & ~bit(slot),
            state.equals(before, but=[*range(7), 7 + order])))

    def names_the_block(path):
        """The answer is the order of the free block that the freed slots now lie in."""
        merged = [every(answer(path) == into,
                         after(path).free[into] & bit(slot & ~((1 << into) - 1)) != 0)
                  for into in range(order, top + 1)]
        return z3.Implies(valid, some(*merged))

    def stays_marked(path):
        owned = before.absent | before.split
        is_callers = owned & bit(slot) == 0 if order == 0 else z3.BoolVal(True)
        return z3.Implies(is_callers, after(path).marked())

    return {
        "kernel.deallocate.serves-used-blocks": lambda path: z3.Implies(valid, z3.Not(refused(path))),
        "kernel.deallocate.refuses-double-frees": lambda path: z3.Implies(
            every(inside, before.free_slots & bit(slot) != 0), refused(path)),
        "kernel.deallocate.refuses-wrong-orders": lambda path: z3.Implies(
            every(inside, other_order), refused(path)),
        "kernel.deallocate.refuses-wild-frees": lambda path: z3.Implies(z3.Not(valid), refused(path)),
        "kernel.deallocate.refusal-leaves-no-trace": lambda path: z3.Implies(
            refused(path), after(path).equals(before)),
        "kernel.deallocate.conservation": conserves,
        "kernel.deallocate.answers-the-merged-order": names_the_block,
        "kernel.deallocate.partition": lambda path: every(
            after(path).partition(top), stays_marked(path)),
        "kernel.deallocate.stays-coalesced": lambda path: after(path).coalesced(top),
    }


def refusal(before, operation, theorem):
    """What must be true where an argument is none that exists, whatever the state is."""
    return {f"kernel.{operation}.{theorem}": lambda path: every(
        answer(path) == NONE, after(path).equals(before))}


def prove(machine, case):
    operation, top, order = case
    name = f"{operation}, top {top}, order {order}"
    top_word, order_word, assumptions = arguments(top, order)
    slot = symbol("slot")
    if operation == "allocate":
        run, before, given = explore(
            machine, ALLOCATE, {"x1": order_word, "x2": top_word}, assumptions)
    else:
        run, before, given = explore(
            machine, DEALLOCATE, {"x1": slot, "x2": order_word, "x3": top_word}, assumptions)

    exists = isinstance(order, int)
    allowed = every(*given, before.invariant(top) if exists else z3.BoolVal(True))
    if not exists:
        theorem = "refuses-unknown-orders" if operation == "allocate" else "refuses-wild-frees"
        obligations = refusal(before, operation, theorem)
    elif operation == "allocate":
        obligations = allocation(before, top, order)
    else:
        obligations = deallocation(before, top, order, to_z3(slot))
    obligations[f"kernel.{operation}.keeps-registers"] = lambda path: path.keeps()
    yield returns_for_all(f"kernel.{operation}.returns", run, allowed, name)
    yield from hold_on_all_paths(run, allowed, obligations, name)
    yield stays_inside(f"kernel.{operation}.frame", run, name)
    if exists:
        asleep = {"kernel.asleep": lambda path: every(answer(path) == NONE, after(path).is_zero())}
        yield from hold_on_all_paths(run, before.is_zero(), asleep, name)
        yield returns_for_all("kernel.asleep", run, before.is_zero(), name)
        yield from witnesses(run, allowed, before, operation, top, order, name)


def witnesses(run, allowed, before, operation, top, order, name):
    """That the theorems speak of something: each kind of outcome occurs in some state."""
    theorem = f"kernel.{operation}.occurs"

    def occurs(outcome):
        return some(*[every(path.condition, outcome(path)) for path in run.paths])

    if operation == "allocate":
        outcomes = {
            "none": lambda path: answer(path) == NONE,
            "a whole block": lambda path: every(answer(path) != NONE, before.free[order] != 0),
            "of the top order": lambda path: every(
                answer(path) != NONE, before.free[top] != after(path).free[top]),
        }
    else:
        outcomes = {
            "refused": lambda path: answer(path) == NONE,
            "merged to the top": lambda path: answer(path) == top,
            "not merged": lambda path: answer(path) == order,
        }
    yield Fact(theorem, run.writes > 0, f"{name}: nothing was written")
    for outcome, holds in outcomes.items():
        yield Question(theorem, [allowed, occurs(holds)], "sat", f"{name}: {outcome}")


def prove_model(machine, case):
    """Theorems about the invariant alone, which make the others mean what they say."""
    one = Slots(z3.BitVec(f"one{index}", 64) for index in range(16))
    two = Slots(z3.BitVec(f"two{index}", 64) for index in range(16))
    if case == "arguments":
        top, order = z3.BitVec("top", 64), z3.BitVec("order", 64)
        cases = [every(top == t, order == k) for t, k in PAIRS]
        cases += [every(top == t, z3.UGT(order, t)) for t, _ in ABOVE] + [z3.UGT(top, 6)]
        yield Question("kernel.cases", [z3.Not(some(*cases))])
        return
    yield Question("kernel.invariant-is-satisfiable", [
        one.invariant(case), one.absent != 0, one.split != 0, one.free[0] != 0,
        one.used[case] != 0 if case < 6 else z3.BoolVal(True)], "sat", f"top {case}")
    yield Question("kernel.used-determines-free", [
        one.invariant(case), two.invariant(case),
        *[one.used[order] == two.used[order] for order in slots.ORDERS],
        some(*[one.free[order] != two.free[order] for order in slots.ORDERS])], case=f"top {case}")


THEOREMS = {
    "kernel.allocate.block-was-free": "the answered block is aligned, and all its slots were free",
    "kernel.allocate.lowest-of-smallest":
        "it is the lowest free block of the smallest order that has one, or the lower end of it",
    "kernel.allocate.serves-when-it-fits": "none is answered exactly when no aligned run of free slots fits",
    "kernel.allocate.none-leaves-no-trace": "where none is answered, no word has changed",
    "kernel.allocate.refuses-unknown-orders":
        "an order above the top, or a top above 6, is answered with none and no word has changed",
    "kernel.allocate.conservation":
        "the block's slots go from free to used; no other slot and no other used block changes",
    "kernel.allocate.partition": "every slot is in exactly one aligned block afterwards",
    "kernel.allocate.stays-coalesced": "no two free buddies exist below the top order afterwards",
    "kernel.allocate.keeps-registers": "callee-saved registers and stack pointer are as before",
    "kernel.allocate.returns": "every input returns; there is no trap and no endless loop",
    "kernel.allocate.frame": "no access but to the kernel; no write but to free and used words",
    "kernel.allocate.occurs": "guard: none, a block of this order and one of the top order each occur",
    "kernel.deallocate.serves-used-blocks": "a used block of this order that starts here is freed",
    "kernel.deallocate.refuses-double-frees": "a slot that is free is refused",
    "kernel.deallocate.refuses-wrong-orders": "a used block of another order is refused",
    "kernel.deallocate.refuses-wild-frees":
        "what is no used block's first slot is refused, with any 64-bit slot, order and top",
    "kernel.deallocate.refusal-leaves-no-trace": "where a free is refused, no word has changed",
    "kernel.deallocate.conservation":
        "the block's slots go from used to free; no other slot and no other used block changes",
    "kernel.deallocate.answers-the-merged-order": "the answer is the order of the free block they are in now",
    "kernel.deallocate.partition": "every slot is in exactly one aligned block afterwards",
    "kernel.deallocate.stays-coalesced": "no two free buddies exist below the top order afterwards",
    "kernel.deallocate.keeps-registers": "callee-saved registers and stack pointer are as before",
    "kernel.deallocate.returns": "every input returns; there is no trap and no endless loop",
    "kernel.deallocate.frame": "no access but to the kernel; no write but to free and used words",
    "kernel.deallocate.occurs": "guard: a refusal, a merge to the top and no merge each occur",
    "kernel.asleep": "a kernel of zeros serves nothing, refuses every free and stays zeros",
    "kernel.cases": "the cases of order and top order are all 2^128 of them",
    "kernel.invariant-is-satisfiable": "guard: there are such states, with absent and split slots",
    "kernel.used-determines-free": "two states with the same used blocks have the same free blocks",
}

MODEL = ("kernel.cases", "kernel.invariant-is-satisfiable", "kernel.used-determines-free")

SUBJECTS = [
    Subject("kernel", [ALLOCATE, DEALLOCATE],
            {name: text for name, text in THEOREMS.items() if name not in MODEL},
            [(operation, *pair) for operation in ("allocate", "deallocate")
             for pair in PAIRS + ABOVE + NO_TOP], prove),
    Subject("kernel model", [], {name: THEOREMS[name] for name in MODEL},
            ["arguments", *slots.ORDERS], prove_model),
]
