"""Two independent solvers for bit-vectors: a theorem counts only when both agree."""

import time
from dataclasses import dataclass

import bitwuzla
import z3

from limits import BITWUZLA_WORK, FAR_SECONDS, Z3_WORK, GaveUp


@dataclass
class Answer:
    """What the solvers say of a set of assertions: `sat`, `unsat` or `unknown`, and seconds of each.

    One that says `unknown` has done all the work that it may.
    """

    by_z3: str
    by_bitwuzla: str
    z3_seconds: float
    bitwuzla_seconds: float

    def is_by_both(self, verdict):
        return self.by_z3 == self.by_bitwuzla == verdict


def ask(assertions):
    """Asks both whether all assertions can hold at once; raises `GaveUp` at the far limit."""
    solver = z3.SolverFor("QF_BV")
    solver.set("rlimit", Z3_WORK)
    solver.set("timeout", 1000 * FAR_SECONDS)
    solver.add(*assertions)
    text = solver.to_smt2()
    start = time.process_time()
    first = _within_far_limit("z3", lambda: str(solver.check()))
    between = time.process_time()
    second = _within_far_limit("bitwuzla", lambda: _bitwuzla(text))
    return Answer(first, second, between - start, time.process_time() - between)


def _within_far_limit(name, check):
    """The answer of a solver; an `unknown` at the far limit is none."""
    start = time.monotonic()
    answer = check()
    if answer == "unknown" and time.monotonic() - start >= FAR_SECONDS:
        raise GaveUp(name)
    return answer


class _Meter:
    """Counts how often bitwuzla asks whether it shall end, and says so at either limit."""

    def __init__(self):
        self.work = 0
        self.deadline = time.monotonic() + FAR_SECONDS

    def __call__(self):
        self.work += 1
        return self.work > BITWUZLA_WORK or time.monotonic() > self.deadline


def _bitwuzla(text):
    parser = bitwuzla.Parser(bitwuzla.TermManager(), bitwuzla.Options())
    parser.parse("(set-logic QF_BV)\n" + text.replace("(check-sat)", ""), True, False)
    solver = parser.bitwuzla()
    solver.configure_terminator(_Meter())
    result = solver.check_sat()
    if result == bitwuzla.Result.SAT:
        return "sat"
    return "unsat" if result == bitwuzla.Result.UNSAT else "unknown"
