"""What a free, or a check, of what is no block comes to: on two levels of one kernel each, in any state.

An address is any of 64 bits: those inside the window one by one order, those outside at once.
"""

import claripy
import z3

from calls import Calls
from forest import SELF_AT, SHIFT, Forest
from functions import low_byte, threw
from logic import every, some
from machine import number, symbol, to_z3
from moves import ALLOCATOR, PRIVATE, common, theorems
from swift import returns
from theorems import Question, Subject, hold_on_all_paths

CHECK = ALLOCATOR + "5checkyyAA15PhysicalAddressV_AA6LayoutVtAA10ShareErrorOYKF"
DEALLOCATE = ALLOCATOR + "10deallocateyyAA15PhysicalAddressV_AA6LayoutVtAA10ShareErrorOYKF"
REFUSAL = (
    ALLOCATOR + "7refusal" + PRIVATE + "6toFree5meterAA10ShareErrorOAA15PhysicalAddressV_xztAA9"
    "StepMeterRzlFAA02NoV0V_Tg5"
)
NOT_ALLOCATED, ALLOCATED_WITH_ANOTHER_LAYOUT = 5, 6
TOP_ORDER = 11
ORDERS = range(TOP_ORDER + 1)


def layout(order):
    """A size and an alignment that a block of this order serves."""
    return number(1), number(1 << SHIFT + order)


def too_large():
    """Sizes and alignments that no block serves, and what is assumed of them."""
    size, alignment = symbol("size"), symbol("alignment")
    largest = 1 << SHIFT + TOP_ORDER
    # An alignment is a power of two, as a layout promises.
    return (
        size,
        alignment,
        claripy.And(
            claripy.Or(size > largest, alignment > largest),
            alignment != 0,
            alignment & (alignment - 1) == 0,
        ),
    )


def owned_block(forest, address, order):
    """Whether a used block of this order, neither absent nor split, starts at this address."""
    words = forest.kernels[order // 6].words
    used = words[7 + order % 6]
    if order % 6 == 0:
        used = used & ~(words[14] | words[15])
    slot = claripy.LShR(address, SHIFT + 6 * (order // 6)) & 63
    return claripy.And(address & ((1 << SHIFT + order) - 1) == 0, claripy.LShR(used, slot) & 1 != 0)


def inside(forest):
    """An address in the window."""
    return forest.start | symbol("offset", 6 + SHIFT).zero_extend(58 - SHIFT)


def outside(forest):
    """An address that is not, and what is assumed of it."""
    address = symbol("address")
    return address, address - forest.start >= 64 << SHIFT


def nothing_changes(forest, path):
    return every(forest.unchanged(path, [0, 1]), forest.index_after(path) == forest.index_before)


def prove_refusal(machine, place):
    """The error, which depends on whether a block of any order starts at the address."""
    forest = Forest(TOP_ORDER)
    address, assumption = outside(forest) if place == "outside" else (inside(forest), claripy.true())
    run = machine.run(REFUSAL, {"x0": address, "x20": SELF_AT}, forest.areas([]), [assumption])
    blocks = [to_z3(owned_block(forest, address, order)) for order in ORDERS if place == "inside"]

    def names_the_reason(path):
        case = z3.If(
            some(*blocks), z3.BitVecVal(ALLOCATED_WITH_ANOTHER_LAYOUT, 8), z3.BitVecVal(NOT_ALLOCATED, 8)
        )
        return every(low_byte(path, 3) == case, path.registers["x0"] == to_z3(address))

    given = to_z3(assumption)
    yield from common("forest.refusal", run, given, place)
    if place == "inside":
        yield Question("forest.refusal.occurs", [given, some(*blocks)], "sat", f"{place}: a block")
        yield Question("forest.refusal.occurs", [given, z3.Not(some(*blocks))], "sat", f"{place}: none")
    yield from hold_on_all_paths(
        run, given, {"forest.refusal.names-the-reason": names_the_reason}, place
    )


def prove_with(function, group):
    """What proves that a function throws `refusal` for what is no block, and changes nothing then."""

    def prove(machine, case):
        place, order = case
        forest = Forest(TOP_ORDER)
        address, assumption = outside(forest) if place == "outside" else (inside(forest), claripy.true())
        assumptions = [assumption]
        if order == "above":
            size, alignment, is_too_large = too_large()
            assumptions.append(is_too_large)
            is_block = claripy.false()
        else:
            size, alignment = layout(order)
            is_block = owned_block(forest, address, order) if place == "inside" else claripy.false()
        if function == DEALLOCATE:
            # What it frees is another theorem's.
            assumptions.append(claripy.Not(is_block))
        refusal = Calls(REFUSAL, lambda state: setattr(state.regs, "x3", symbol("reason")))
        run = machine.run(
            function,
            {"x0": address, "x1": size, "x2": alignment, "x20": SELF_AT, "x21": 0},
            [*forest.areas([]), refusal.area],
            assumptions,
            refusal.stand_ins,
        )

        def refuses(path):
            thrown = every(
                threw(path),
                refusal.one_with_copy(path, forest, to_z3(address)),
                path.registers["x0"] == to_z3(address),
                path.registers["x3"] == z3.BitVec("reason", 64),
            )
            return every(
                nothing_changes(forest, path),
                z3.If(to_z3(is_block), every(returns(path), refusal.none(path)), thrown),
            )

        given = every(*[to_z3(each) for each in assumptions])
        name = f"{place}, order {order}"
        yield from common(group, run, given, name, but=("x20", "x21"))
        if function == CHECK and place == "inside" and order != "above":
            yield Question(f"{group}.occurs", [given, to_z3(is_block)], "sat", f"{name}: a block")
        yield from hold_on_all_paths(run, given, {f"{group}.refuses-what-is-no-block": refuses}, name)

    return prove


CASES = [(place, order) for place in ("inside", "outside") for order in [*ORDERS, "above"]]

SUBJECTS = [
    Subject(
        "forest.refusal",
        [REFUSAL],
        theorems(
            "forest.refusal",
            {
                "names-the-reason":
                    "the error says whether a used block of any order, neither absent nor split, "
                    "starts at the address",
            },
        ),
        ["inside", "outside"],
        prove_refusal,
    ),
    Subject(
        "forest.check",
        [CHECK],
        theorems(
            "forest.check",
            {
                "refuses-what-is-no-block":
                    "an address is taken exactly when a used block of the layout's order starts there "
                    "that is neither absent nor split; else `refusal` is thrown; nothing changes",
            },
        ),
        CASES,
        prove_with(CHECK, "forest.check"),
    ),
    Subject(
        "forest.deallocate's refusals",
        [DEALLOCATE],
        theorems(
            "forest.deallocate",
            {
                "refuses-what-is-no-block":
                    "where no used block of the layout's order starts that is neither absent nor "
                    "split, `refusal` is thrown and nothing changes",
            },
        ),
        CASES,
        prove_with(DEALLOCATE, "forest.deallocate"),
    ),
]
