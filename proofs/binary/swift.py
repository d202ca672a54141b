"""How Swift functions answer, and what arithmetic theorems say again and again."""

import z3

from functions import flag, low_byte, power_of_two, result, threw, wide
from logic import every, some

# The cases of ShareError as the object numbers them: those with a value in order, all others as one.
ALIGNMENT_IS_NOT_A_POWER_OF_TWO = 0
SIZE_OVERFLOWS = 1
LARGER_THAN_THE_TOP_ORDER = 2
RANGE_IS_EMPTY = 7
RANGE_OVERFLOWS = 8
GRANULE_IS_NOT_A_POWER_OF_TWO = 14
WITHOUT_VALUE = 18
SIZE_IS_ZERO = 0

MODULE = "$e13MemorySharing"
INTEGER = "$es6UInt64V13MemorySharingE"


def is_power_of_two(value):
    return some(*[value == 1 << exponent for exponent in range(64)])


def power(exponent):
    return z3.BitVecVal(1, 128) << exponent


def is_least_power(exponent, *values):
    """That 2^exponent is no less than all values, and half of it less than one of them."""
    return every(
        z3.ULE(exponent, 64),
        *[z3.UGE(power(exponent), wide(value)) for value in values],
        some(exponent == 0, *[z3.ULT(power(exponent - 1), wide(value)) for value in values])
    )


def throws(path, case, *values):
    return every(
        threw(path),
        low_byte(path, 3) == case,
        *[result(path, index) == value for index, value in enumerate(values)]
    )


def returns(path, *values):
    return every(
        z3.Not(threw(path)), *[result(path, index) == value for index, value in enumerate(values)]
    )


BOTH_FLAGS = {"yes": lambda given, path: flag(path), "no": lambda given, path: z3.Not(flag(path))}
BOTH_ENDS = {
    "throws": lambda given, path: threw(path),
    "returns": lambda given, path: z3.Not(threw(path)),
}


def by_alignment(given):
    return power_of_two(given.alignment, z3.BitVec("logarithm", 64))
