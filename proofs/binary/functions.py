"""Small functions: one theorem each, over all inputs, and three that all of them share.

Swift's conventions, as far as they are needed: words go in and out by x0 to x7; x20 points to the `self`
of a large type; x21 is 0 on entry and not 0 on exit where the function has thrown, and the error is
then in x0 to x2, its case in the low byte of x3.
"""

from dataclasses import dataclass, field
from types import SimpleNamespace

import z3

from logic import every, some
from machine import Area, number, symbol, to_z3
from theorems import Fact, Question, Subject, hold_on_all_paths, returns_for_all, stays_inside

SELF_AT = 0x2000_0000


@dataclass
class Function:
    """A function of the object and what is to be proved of it.

    `arguments` names x0, x1 and so on; `fields` the words that x20 points to. `given`, `statement` and
    `outcomes` take these as z3 values, the latter two also the path. Each outcome must occur somewhere.
    """

    theorem: str
    sentence: str
    symbol: str
    arguments: tuple
    statement: object
    given: object = None
    outcomes: dict = field(default_factory=dict)
    fields: tuple = ()
    throws: bool = False


def unknown(name):
    """An input; `name=number` is a known byte below unknown bits."""
    name, _, value = name.partition("=")
    return symbol(f"{name}-upper", 56).concat(number(int(value), 8)) if value else symbol(name)


def result(path, index=0):
    return path.registers[f"x{index}"]


def flag(path, index=0):
    """A Bool: the lowest bit counts."""
    return z3.Extract(0, 0, result(path, index)) == 1


def low_byte(path, index):
    return z3.Extract(7, 0, result(path, index))


def threw(path):
    return path.registers["x21"] != 0


def wide(value):
    """The value in 128 bits, where sums and powers do not overflow."""
    return z3.ZeroExt(64, value)


def power_of_two(value, logarithm):
    """That a value is the power of two with this logarithm, which may be any."""
    return every(z3.ULT(logarithm, 64), value == z3.BitVecVal(1, 64) << logarithm)


def prove_with(group):
    """What proves one function of a group; its shared theorems carry the group's name."""

    def prove(machine, function):
        values = {name.partition("=")[0]: unknown(name) for name in function.arguments + function.fields}
        words = [values[name] for name in function.fields]
        registers = {
            f"x{index}": values[name.partition("=")[0]] for index, name in enumerate(function.arguments)
        }
        areas = [Area("self", SELF_AT, words)] if words else []
        if words:
            registers["x20"] = SELF_AT
        if function.throws:
            registers["x21"] = 0
        run = machine.run(function.symbol, registers, areas)

        inputs = SimpleNamespace(**{name: to_z3(value) for name, value in values.items()})
        given = function.given(inputs) if function.given else z3.BoolVal(True)
        case = function.theorem
        yield returns_for_all(f"{group}.returns", run, z3.BoolVal(True), case)
        yield from hold_on_all_paths(
            run, given, {function.theorem: lambda path: function.statement(inputs, path)}, case
        )
        changed = (["x20"] if words else []) + (["x21"] if function.throws else [])
        yield from hold_on_all_paths(
            run, z3.BoolVal(True), {f"{group}.keeps-registers": lambda path: path.keeps(*changed)}, case
        )
        yield stays_inside(f"{group}.frame", run, case)
        yield Fact(f"{group}.frame", run.writes == 0, f"{case}: something was written")
        yield Question(f"{group}.occurs", [given, run.reached], "sat", case)
        for outcome, holds in function.outcomes.items():
            taken = [every(path.condition, holds(inputs, path)) for path in run.paths]
            yield Question(f"{group}.occurs", [given, some(*taken)], "sat", f"{case}: {outcome}")

    return prove


def subject(group, functions):
    """The functions of a group, and the theorems that they share."""
    theorems = {function.theorem: function.sentence for function in functions}
    theorems |= {
        f"{group}.returns": "each of these functions returns for every input, valid or not",
        f"{group}.keeps-registers": "callee-saved registers and stack pointer are as before",
        f"{group}.frame": "none writes memory, and none reads what it was not given",
        f"{group}.occurs": "guard: there are inputs as each theorem wants them, and each outcome occurs",
    }
    return Subject(
        group,
        sorted({function.symbol for function in functions}),
        theorems,
        functions,
        prove_with(group),
        {function.theorem: function.symbol for function in functions},
    )
