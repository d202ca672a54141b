"""What hypercalls are asked with and how their answers are read: for all 64-bit registers."""

import struct
import uuid

import z3

from functions import Function, flag, low_byte, result, subject
from logic import every
from swift import BOTH_FLAGS, MODULE

ANSWER = MODULE + "15HypercallAnswerO"
WORDS = MODULE + "9UUIDWordsV"
SUCCESS, FAILURE = 0, 1


def vendor_call(number, is_64_bit=True):
    """The function id of a fast call to the vendor's hypervisor service (SMCCC: owner 6)."""
    return 1 << 31 | is_64_bit << 30 | 6 << 24 | number


# In the order in which the enumeration has them.
CALLS = {
    "vendor-uid": vendor_call(0xFF01, is_64_bit=False),
    "features": vendor_call(0, is_64_bit=False),
    "meminfo": vendor_call(2),
    "share": vendor_call(3),
    "unshare": vendor_call(4),
    "mmio-guard-info": vendor_call(5),
    "mmio-guard-enroll": vendor_call(6),
    "mmio-guard-map": vendor_call(7),
    "mmio-guard-unmap": vendor_call(8),
}

HYPERVISORS = {
    "3kvm": "28b46fb6-2ec5-11e9-a9ca-4b564d003a74",
    "6gunyah": "c1d58fcd-a453-5fdb-9265-ce36673d5f14",
    "9genieZone": "7e134ed0-3b82-488d-8cee-69c19211dbe7",
}


def is_success(path, value):
    return every(low_byte(path, 1) == SUCCESS, result(path) == value)


def is_failure(path, value):
    return every(low_byte(path, 1) == FAILURE, result(path) == value)


def lower_word(value):
    """The lower 32 bits, sign extended."""
    return z3.SignExt(32, z3.Extract(31, 0, value))


def zero_or_error(given, path):
    return z3.If(given.x0 == 0, is_success(path, 0), is_failure(path, given.x0))


def zero_or_error_in_lower_word(given, path):
    answer = lower_word(given.x0)
    return z3.If(answer == 0, is_success(path, 0), is_failure(path, answer))


def android13_unmap(given, path):
    answer = lower_word(given.x0)
    return z3.If(z3.Or(answer == 0, answer == -1), is_success(path, 0), is_failure(path, answer))


def positive_or_error(given, path):
    return z3.If(given.x0 < 0, is_failure(path, given.x0), is_success(path, given.x0))


def equal_answers(given, path):
    kinds = [z3.Extract(7, 0, kind) for kind in (given.kind, given.otherKind)]
    return flag(path) == every(kinds[0] == kinds[1], given.value == given.otherValue)


def are_kinds(given):
    return every(*[z3.ULE(z3.Extract(7, 0, kind), FAILURE) for kind in (given.kind, given.otherKind)])


def decoded_words(given, path):
    """Two of the four words to a register, the first below."""

    def word(value):
        return z3.Extract(31, 0, value)

    return every(
        result(path, 0) == z3.Concat(word(given.x1), word(given.x0)),
        result(path, 1) == z3.Concat(word(given.x3), word(given.x2)),
    )


def words_of(text):
    low, high = struct.unpack("<QQ", uuid.UUID(text).bytes)
    return lambda given, path: every(result(path, 0) == low, result(path, 1) == high)


def equal_words(given, path):
    return flag(path) == every(given.x0 == given.x2, given.x1 == given.x3)


def registers_of(function_id):
    return lambda given, path: every(
        result(path, 0) == function_id,
        result(path, 1) == given.address,
        result(path, 2) == 0,
        result(path, 3) == 0,
    )


BOTH_KINDS = {
    "success": lambda given, path: low_byte(path, 1) == SUCCESS,
    "failure": lambda given, path: low_byte(path, 1) == FAILURE,
}

FUNCTIONS = [
    Function(
        "hypercalls.zero-or-error",
        "success exactly for 0; any other answer, positive too, is its failure",
        ANSWER + "11zeroOrErrorACs6UInt64V_tcfC",
        ("x0",),
        zero_or_error,
        outcomes=BOTH_KINDS,
    ),
    Function(
        "hypercalls.zero-or-error-in-32-bits",
        "success exactly when the lower 32 bits are 0; else they are the failure, sign extended",
        ANSWER + "22zeroOrErrorInLowerWordACs6UInt64V_tcfC",
        ("x0",),
        zero_or_error_in_lower_word,
        outcomes=BOTH_KINDS,
    ),
    Function(
        "hypercalls.android-13-unmap",
        "success exactly when the lower 32 bits are 0 or -1; else they are the failure, sign extended",
        ANSWER + "14android13UnmapACs6UInt64V_tcfC",
        ("x0",),
        android13_unmap,
        outcomes=BOTH_KINDS,
    ),
    Function(
        "hypercalls.positive-or-error",
        "failure exactly when negative; else the value itself",
        ANSWER + "15positiveOrErrorACs6UInt64V_tcfC",
        ("x0",),
        positive_or_error,
        outcomes=BOTH_KINDS,
    ),
    Function(
        "hypercalls.equal-answers",
        "two answers are equal exactly when kind and value are",
        ANSWER + "21__derived_enum_equalsySbAC_ACtFZ",
        ("value", "kind", "otherValue", "otherKind"),
        equal_answers,
        are_kinds,
        BOTH_FLAGS,
    ),
    Function(
        "hypercalls.not-supported",
        "it is -1",
        ANSWER + "12notSupporteds5Int64VvgZ",
        (),
        lambda given, path: result(path) == -1,
    ),
    Function(
        "hypercalls.not-required",
        "it is -2",
        ANSWER + "11notRequireds5Int64VvgZ",
        (),
        lambda given, path: result(path) == -2,
    ),
    Function(
        "hypercalls.invalid-parameter",
        "it is -3",
        ANSWER + "16invalidParameters5Int64VvgZ",
        (),
        lambda given, path: result(path) == -3,
    ),
    Function(
        "hypercalls.uuid-decoding",
        "the four words are the lower halves of x0 to x3",
        WORDS + "8answeredAcA18HypercallRegistersV_tcfC",
        ("x0", "x1", "x2", "x3"),
        decoded_words,
    ),
    Function(
        "hypercalls.equal-uuids",
        "two UUIDs are equal exactly when all words are",
        WORDS + "23__derived_struct_equalsySbAC_ACtFZ",
        ("x0", "x1", "x2", "x3"),
        equal_words,
        outcomes=BOTH_FLAGS,
    ),
    *[
        Function(
            f"hypercalls.uuid-of-{name[1:].lower()}",
            f"its words are those of {text}",
            f"{WORDS}{name}ACvgZ",
            (),
            words_of(text),
        )
        for name, text in HYPERVISORS.items()
    ],
    *[
        Function(
            f"hypercalls.calls-{name}",
            f"x0 is {function_id:#x}, x1 the address, x2 and x3 are 0",
            MODULE + "18HypercallRegistersV7calling2atAcA0C8FunctionO_s6UInt64VtcfC",
            (f"function={index}", "address"),
            registers_of(function_id),
        )
        for index, (name, function_id) in enumerate(CALLS.items())
    ],
]

SUBJECTS = [subject("hypercalls", FUNCTIONS)]
