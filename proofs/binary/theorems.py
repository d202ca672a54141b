"""What a theorem is, and how one is asked for."""

from dataclasses import dataclass, field

import z3

from logic import every, some


@dataclass
class Question:
    """Something to ask the solvers for a theorem; it holds when the answer is the one expected."""

    theorem: str
    assertions: list
    expected: str = "unsat"
    case: str = ""


@dataclass
class Fact:
    """Something that the run itself showed for a theorem, without a solver."""

    theorem: str
    holds: bool
    case: str = ""


@dataclass
class Subject:
    """A part of the object: its symbols, its theorems with their sentences, and its cases.

    `prove(machine, case)` yields questions and facts; the cases are independent of each other.
    """

    name: str
    symbols: list
    theorems: dict
    cases: list
    prove: object = field(repr=False)
    # The symbol of each theorem that is about one only.
    own: dict = field(default_factory=dict)


def hold_on_all_paths(run, given, obligations, case=""):
    """Asks of each obligation, a function of a path, whether some path violates it.

    The paths of a run are asked at once, one question a theorem; paths that oblige to the same are one.
    """
    for theorem, obligation in obligations.items():
        claims = {}
        for path in run.paths:
            claim = obligation(path)
            claims.setdefault(claim.get_id(), (claim, []))[1].append(path.condition)
        broken = [every(some(*conditions), z3.Not(claim)) for claim, conditions in claims.values()]
        yield Question(theorem, [given, some(*broken)], case=case)


def returns_for_all(theorem, run, given, case=""):
    """Asks whether some input that is allowed is on no path that returns."""
    lost = f"{case}; lost {len(run.lost)}, the first {run.lost[0]}" if run.lost else case
    return Question(theorem, [given, z3.Not(run.reached)], case=lost)


def stays_inside(theorem, run, case=""):
    """That no access was out of bounds."""
    return Fact(theorem, not run.strays, f"{case}: {run.strays[0]}" if run.strays else case)
