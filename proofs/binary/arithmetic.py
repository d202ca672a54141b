"""Sizes, alignments and ranges: the arithmetic of the core, for all 64-bit inputs."""

import z3

import ranges
from functions import Function, flag, power_of_two, result, subject, wide
from logic import every, some
from swift import (
    ALIGNMENT_IS_NOT_A_POWER_OF_TWO, BOTH_ENDS, BOTH_FLAGS, GRANULE_IS_NOT_A_POWER_OF_TWO, INTEGER,
    LARGER_THAN_THE_TOP_ORDER, MODULE, SIZE_IS_ZERO, SIZE_OVERFLOWS, WITHOUT_VALUE, by_alignment,
    is_least_power, is_power_of_two, power, returns, throws)


def ceiling_log2(given, path):
    return is_least_power(wide(result(path)), given.value)


def rounded_down(given, path):
    rounded = result(path)
    return every(
        rounded & (given.alignment - 1) == 0,
        z3.ULE(rounded, given.value),
        z3.ULT(given.value - rounded, given.alignment),
    )


def rounded_up(given, path):
    rounded = result(path)
    # The greatest multiple that fits in 64 bits is 2^64 less the alignment.
    nothing_fits = z3.UGT(given.value, -given.alignment)
    return every(
        flag(path, 1) == nothing_fits,
        z3.Implies(
            z3.Not(nothing_fits),
            every(
                rounded & (given.alignment - 1) == 0,
                z3.UGE(rounded, given.value),
                z3.ULT(rounded - given.value, given.alignment),
            ),
        ),
    )


def is_layout(given):
    return every(given.size != 0, power_of_two(given.alignment, z3.BitVec("logarithm", 64)))


def layout_order(given, path):
    exponent = wide(result(path)) + wide(given.shift)
    return every(
        z3.ULE(result(path), 64 - given.shift),
        is_least_power(exponent, given.size, given.alignment, z3.BitVecVal(1, 64) << given.shift),
    )


def layout_init(given, path):
    return z3.If(
        given.size == 0,
        throws(path, WITHOUT_VALUE, SIZE_IS_ZERO),
        z3.If(
            is_power_of_two(given.alignment),
            returns(path, given.size, given.alignment),
            throws(path, ALIGNMENT_IS_NOT_A_POWER_OF_TWO, given.alignment),
        ),
    )


def granule_init(given, path):
    return z3.If(
        is_power_of_two(given.bytes),
        returns(path, given.bytes),
        throws(path, GRANULE_IS_NOT_A_POWER_OF_TWO, given.bytes),
    )


def is_allocator(given):
    return every(
        is_layout(given),
        power_of_two(given.granule, z3.BitVec("granule logarithm", 64)),
        z3.ULT(given.minimumShift, 64),
        z3.ULE(given.topOrder, 63 - given.minimumShift),
    )


def region(given, path):
    largest = power(wide(given.minimumShift) + wide(given.topOrder))
    too_large = some(z3.UGT(wide(given.size), largest), z3.UGT(wide(given.alignment), largest))
    size = result(path)
    values = (given.size, given.alignment, given.granule, z3.BitVecVal(1, 64) << given.minimumShift)
    refused = z3.If(
        z3.UGT(given.size, 2**63),
        throws(path, SIZE_OVERFLOWS, given.size),
        throws(path, LARGER_THAN_THE_TOP_ORDER, given.size, given.alignment),
    )
    served = every(
        returns(path, size, size),
        is_power_of_two(size),
        *[z3.UGE(size, value) for value in values],
        some(*[z3.ULT(z3.LShR(size, 1), value) for value in values])
    )
    return z3.If(too_large, refused, served)


FUNCTIONS = [
    Function(
        "arithmetic.layout-order",
        "the order is the smallest whose block is no smaller than size, alignment and minimum block",
        MODULE + "10BlockOrderV7fitting12minimumShiftAcA6LayoutV_s6UInt64VtcfC",
        ("size", "alignment", "shift"),
        layout_order,
        lambda given: every(is_layout(given), z3.ULT(given.shift, 64)),
        {"more than 64 bits": lambda given, path: result(path) + given.shift == 64},
    ),
    Function(
        "arithmetic.ceiling-log2",
        "the exponent of the least power of two that is no less",
        INTEGER + "11ceilingLog2ABvg",
        ("value",),
        ceiling_log2,
        outcomes={"64": lambda given, path: result(path) == 64},
    ),
    Function(
        "arithmetic.power-of-two",
        "yes exactly when one bit is set",
        INTEGER + "12isPowerOfTwoSbvg",
        ("value",),
        lambda given, path: flag(path) == is_power_of_two(given.value),
        outcomes=BOTH_FLAGS,
    ),
    Function(
        "arithmetic.rounded-down",
        "the greatest multiple that is no greater",
        INTEGER + "11roundedDown2toA2B_tF",
        ("alignment", "value"),
        rounded_down,
        by_alignment,
    ),
    Function(
        "arithmetic.rounded-up",
        "the least multiple that is no less; nil exactly when none fits",
        INTEGER + "9roundedUp2toABSgAB_tF",
        ("alignment", "value"),
        rounded_up,
        by_alignment,
        {"nil": lambda given, path: flag(path, 1), "value": lambda given, path: result(path) != 0},
    ),
    Function(
        "arithmetic.is-aligned",
        "yes exactly for multiples",
        MODULE + "15PhysicalAddressV9isAligned2toSbs6UInt64V_tF",
        ("alignment", "value"),
        lambda given, path: flag(path)
        == (z3.LShR(given.value, z3.BitVec("logarithm", 64)) * given.alignment == given.value),
        by_alignment,
        BOTH_FLAGS,
    ),
    Function(
        "arithmetic.layout",
        "a size of 0 and an alignment that is no power of two are refused",
        MODULE + "6LayoutV4size9alignmentACs6UInt64V_AGtAA10ShareErrorOYKcfC",
        ("size", "alignment"),
        layout_init,
        outcomes=BOTH_ENDS,
        throws=True,
    ),
    Function(
        "arithmetic.granule",
        "what is no power of two is refused",
        MODULE + "7GranuleV5bytesACs6UInt64V_tAA10ShareErrorOYKcfC",
        ("bytes",),
        granule_init,
        outcomes=BOTH_ENDS,
        throws=True,
    ),
    Function(
        "arithmetic.region",
        "the region to ask for is the least power of two that holds layout, granule and minimum block, "
        "aligned to itself; refused exactly when the layout is larger than the largest block",
        MODULE + "14BuddyAllocatorV6region7toServe7granuleAA6LayoutVAH_AA7GranuleVtAA10ShareErrorOYKF",
        ("size", "alignment", "granule"),
        region,
        is_allocator,
        BOTH_ENDS,
        fields=("minimumShift", "topOrder"),
        throws=True,
    ),
]

SUBJECTS = [subject("arithmetic", FUNCTIONS + ranges.FUNCTIONS)]
