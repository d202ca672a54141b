"""Two independent solvers for bit-vectors: a theorem counts only when both agree."""

import time
from dataclasses import dataclass

import bitwuzla
import z3

SECONDS = 240


@dataclass
class Answer:
    """What the solvers say of a set of assertions: `sat`, `unsat` or `unknown`, and seconds of each."""

    by_z3: str
    by_bitwuzla: str
    z3_seconds: float
    bitwuzla_seconds: float

    def is_by_both(self, verdict):
        return self.by_z3 == self.by_bitwuzla == verdict


def ask(assertions):
    """Asks both whether all assertions can hold at once."""
    solver = z3.SolverFor("QF_BV")
    solver.set("timeout", 1000 * SECONDS)
    solver.add(*assertions)
    text = solver.to_smt2()
    start = time.process_time()
    first = str(solver.check())
    between = time.process_time()
    second = _bitwuzla(text)
    return Answer(first, second, between - start, time.process_time() - between)


def _bitwuzla(text):
    options = bitwuzla.Options()
    options.set(bitwuzla.Option.TIME_LIMIT_PER, 1000 * SECONDS)
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    parser.parse("(set-logic QF_BV)\n" + text.replace("(check-sat)", ""), True, False)
    result = parser.bitwuzla().check_sat()
    if result == bitwuzla.Result.SAT:
        return "sat"
    return "unsat" if result == bitwuzla.Result.UNSAT else "unknown"
