"""The kernel's two operations, for every state, every 64-bit argument and every top order.

Where order and top order are ones that exist, they are taken one by one, 28 pairs; the two cases of all
other arguments are asked for as unknown 64-bit values. `kernel.cases` says that these are all.
"""

import z3

import slots
from kernel_obligations import NONE, after, allocation, answer, deallocation, refusal
from logic import every, some
from machine import Area, number, symbol, to_z3
from slots import Slots
from theorems import Fact, Question, Subject, hold_on_all_paths, returns_for_all, stays_inside

ALLOCATE = "sharing_kernel_allocate"
DEALLOCATE = "sharing_kernel_deallocate"
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


def prove(machine, case):
    operation, top, order = case
    name = f"{operation}, top {top}, order {order}"
    top_word, order_word, assumptions = arguments(top, order)
    slot = symbol("slot")
    if operation == "allocate":
        run, before, given = explore(machine, ALLOCATE, {"x1": order_word, "x2": top_word}, assumptions)
    else:
        run, before, given = explore(
            machine, DEALLOCATE, {"x1": slot, "x2": order_word, "x3": top_word}, assumptions
        )

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
                answer(path) != NONE, before.free[top] != after(path).free[top]
            ),
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
    yield Question(
        "kernel.invariant-is-satisfiable",
        [
            one.invariant(case),
            one.absent != 0,
            one.split != 0,
            one.free[0] != 0,
            one.used[case] != 0 if case < 6 else z3.BoolVal(True),
        ],
        "sat",
        f"top {case}",
    )
    yield Question(
        "kernel.used-determines-free",
        [
            one.invariant(case),
            two.invariant(case),
            *[one.used[order] == two.used[order] for order in slots.ORDERS],
            some(*[one.free[order] != two.free[order] for order in slots.ORDERS]),
        ],
        case=f"top {case}",
    )


THEOREMS = {
    "kernel.allocate.block-was-free": "the answered block is aligned, and all its slots were free",
    "kernel.allocate.lowest-of-smallest":
        "it is the lowest free block of the smallest order that has one, or the lower end of it",
    "kernel.allocate.serves-when-it-fits":
        "none is answered exactly when no aligned run of free slots fits",
    "kernel.allocate.none-leaves-no-trace": "where none is answered, no word has changed",
    "kernel.allocate.refuses-unknown-orders":
        "an order above the top, or a top above 6, is answered with none and no word has changed",
    "kernel.allocate.conservation":
        "the block's slots go from free to used; no other slot and no other used block changes",
    "kernel.allocate.partition": "every slot is in exactly one aligned block afterwards",
    "kernel.allocate.stays-coalesced": "no two free buddies exist below the top order afterwards",
    "kernel.allocate.keeps-registers": "callee-saved registers and stack pointer are as before",
    "kernel.allocate.returns": "every such call returns; there is no trap and no endless loop",
    "kernel.allocate.frame": "no access but to the kernel; no write but to free and used words",
    "kernel.allocate.occurs": "guard: none, a block of this order and one of the top order each occur",
    "kernel.deallocate.serves-used-blocks": "a used block of this order that starts here is freed",
    "kernel.deallocate.refuses-double-frees": "a slot that is free is refused",
    "kernel.deallocate.refuses-wrong-orders": "a used block of another order is refused",
    "kernel.deallocate.refuses-wild-frees":
        "where no used block of this order starts, a free is refused, with any 64-bit slot, order and top",
    "kernel.deallocate.refusal-leaves-no-trace": "where a free is refused, no word has changed",
    "kernel.deallocate.conservation":
        "the block's slots go from used to free; no other slot and no other used block changes",
    "kernel.deallocate.answers-the-merged-order":
        "the answer is the order of the free block they are in now",
    "kernel.deallocate.partition": "every slot is in exactly one aligned block afterwards",
    "kernel.deallocate.stays-coalesced": "no two free buddies exist below the top order afterwards",
    "kernel.deallocate.keeps-registers": "callee-saved registers and stack pointer are as before",
    "kernel.deallocate.returns": "every such call returns; there is no trap and no endless loop",
    "kernel.deallocate.frame": "no access but to the kernel; no write but to free and used words",
    "kernel.deallocate.occurs": "guard: a refusal, a merge to the top and no merge each occur",
    "kernel.asleep": "a kernel of zeros serves nothing, refuses every free and stays zeros",
    "kernel.cases": "the cases of order and top order are all 2^128 of them",
    "kernel.invariant-is-satisfiable": "guard: there are such states, with absent and split slots",
    "kernel.used-determines-free": "two states with the same used blocks have the same free blocks",
}

MODEL = ("kernel.cases", "kernel.invariant-is-satisfiable", "kernel.used-determines-free")

SUBJECTS = [
    Subject(
        "kernel",
        [ALLOCATE, DEALLOCATE],
        {name: text for name, text in THEOREMS.items() if name not in MODEL},
        [
            (operation, *pair)
            for operation in ("allocate", "deallocate")
            for pair in PAIRS + ABOVE + NO_TOP
        ],
        prove,
    ),
    Subject(
        "kernel model",
        [],
        {name: THEOREMS[name] for name in MODEL},
        ["arguments", *slots.ORDERS],
        prove_model,
    ),
]
