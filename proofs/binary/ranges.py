"""Ranges of addresses, for all 64-bit starts and sizes."""

import z3

from functions import Function, flag, wide
from logic import every
from swift import BOTH_ENDS, BOTH_FLAGS, MODULE, RANGE_IS_EMPTY, RANGE_OVERFLOWS, power, returns, throws


def end(start, size):
    return wide(start) + wide(size)


def is_range(start, size):
    return every(size != 0, z3.ULT(end(start, size), power(64)))


def range_init(given, path):
    return z3.If(
        given.size == 0,
        throws(path, RANGE_IS_EMPTY, given.start),
        z3.If(
            is_range(given.start, given.size),
            returns(path, given.start, given.size),
            throws(path, RANGE_OVERFLOWS, given.start, given.size),
        ),
    )


def range_contains(given, path):
    return flag(path) == every(
        z3.ULE(given.start, given.address), z3.ULT(wide(given.address), end(given.start, given.size))
    )


def are_ranges(given):
    return every(is_range(given.start, given.size), is_range(given.otherStart, given.otherSize))


def range_contains_range(given, path):
    return flag(path) == every(
        z3.ULE(given.start, given.otherStart),
        z3.ULE(end(given.otherStart, given.otherSize), end(given.start, given.size)),
    )


def range_overlaps(given, path):
    """Two ranges overlap exactly when the later start lies in the other range."""
    later = z3.If(z3.ULT(given.start, given.otherStart), given.otherStart, given.start)
    return flag(path) == every(
        z3.ULT(wide(later), end(given.start, given.size)),
        z3.ULT(wide(later), end(given.otherStart, given.otherSize)),
    )


FUNCTIONS = [
    Function(
        "arithmetic.range",
        "a size of 0 and an end of more than 64 bits are refused",
        MODULE + "12AddressRangeV5start4sizeAcA08PhysicalC0V_s6UInt64VtAA10ShareErrorOYKcfC",
        ("start", "size"),
        range_init,
        outcomes=BOTH_ENDS,
        throws=True,
    ),
    Function(
        "arithmetic.range-contains-address",
        "yes exactly from the start to before the end",
        MODULE + "12AddressRangeV8containsySbAA08PhysicalC0VF",
        ("address", "start", "size"),
        range_contains,
        lambda given: is_range(given.start, given.size),
        BOTH_FLAGS,
    ),
    Function(
        "arithmetic.range-contains-range",
        "yes exactly when start and end lie inside",
        MODULE + "12AddressRangeV8containsySbACF",
        ("otherStart", "otherSize", "start", "size"),
        range_contains_range,
        are_ranges,
        BOTH_FLAGS,
    ),
    Function(
        "arithmetic.ranges-overlap",
        "yes exactly when some address is in both",
        MODULE + "12AddressRangeV8overlapsySbACF",
        ("otherStart", "otherSize", "start", "size"),
        range_overlaps,
        are_ranges,
        BOTH_FLAGS,
    ),
]
