"""Proves theorems about the compiled object and prints a line for each.

prove.py OBJECT [NAME…]                    all theorems, or those that begin with a NAME
prove.py --until-failure OBJECT [NAME…]    the same, but stops at the first case that fails
prove.py --list                            every theorem, its symbols and its sentence, between tabs

`ok THEOREM …` is proved, `FAILED THEOREM …` is not. `UNKNOWN THEOREM …` is neither: a far limit by the
clock was reached. Exits with 0 if all are proved, with 1 if some are not, and with 70 if none has failed
and some are unknown.
"""

import multiprocessing
import os
import sys
import time
from dataclasses import dataclass

import arithmetic
import hypercalls
import kernel
import moves
import refusals
import services
from limits import GaveUp
from machine import Machine
from solvers import ask
from theorems import Question

SUBJECTS = (
    kernel.SUBJECTS
    + arithmetic.SUBJECTS
    + hypercalls.SUBJECTS
    + moves.SUBJECTS
    + refusals.SUBJECTS
    + services.SUBJECTS
)


# Exit codes.
PROVED, FAILED, UNKNOWN = 0, 1, 70


@dataclass
class Outcome:
    """What one question or fact came to."""

    theorem: str
    holds: bool
    detail: str
    z3_seconds: float = 0
    bitwuzla_seconds: float = 0
    other_seconds: float = 0
    asked: bool = False
    # Whether a limit by the clock was reached: then nothing is known.
    gave_up: bool = False


def prove_case(task):
    """Everything that one case of a subject says of the wanted theorems."""
    subject, wanted = SUBJECTS[task[0]], task[2]
    case = subject.cases[task[1]]
    outcomes = []
    before = time.process_time()
    try:
        for item in subject.prove(machine, case):
            outcome = decide(item) if item.theorem in wanted else Outcome(item.theorem, True, "")
            now = time.process_time()
            outcome.other_seconds = now - before - outcome.z3_seconds - outcome.bitwuzla_seconds
            before = now
            outcomes.append(outcome)
    except GaveUp as limit:
        name = getattr(case, "theorem", case)
        outcomes += [gave_up(theorem, name, limit) for theorem in subject.theorems]
    except Exception as error:  # Whatever went wrong, what depends on this case is not proved.
        detail = f"{case}: nothing was shown: {type(error).__name__}: {error}"
        outcomes += [Outcome(theorem, False, detail) for theorem in subject.theorems]
    return [outcome for outcome in outcomes if outcome.theorem in wanted]


def decide(item):
    if not isinstance(item, Question):
        return Outcome(item.theorem, item.holds, item.case)
    try:
        answer = ask(item.assertions)
    except GaveUp as limit:
        return gave_up(item.theorem, item.case, limit)
    detail = f"{item.case}: z3 says {answer.by_z3}, bitwuzla {answer.by_bitwuzla}, not {item.expected}"
    return Outcome(
        item.theorem,
        answer.is_by_both(item.expected),
        detail,
        answer.z3_seconds,
        answer.bitwuzla_seconds,
        asked=True,
    )


def gave_up(theorem, case, limit):
    return Outcome(theorem, False, f"{case}: {limit}", gave_up=True)


def report(theorem, outcomes):
    """Prints a theorem's line, and answers the exit code; one of which nothing was asked is not proved."""
    failed = [outcome for outcome in outcomes if not outcome.holds and not outcome.gave_up]
    unknown = [outcome for outcome in outcomes if outcome.gave_up]
    if failed or not outcomes:
        why = failed[0].detail if failed else "nothing was asked"
        print(
            f"FAILED {theorem} {why}" + (f"; {len(failed)} in all" if len(failed) > 1 else ""),
            flush=True,
        )
        return FAILED
    if unknown:
        print(f"UNKNOWN {theorem} {unknown[0].detail}", flush=True)
        return UNKNOWN
    z3_seconds = sum(outcome.z3_seconds for outcome in outcomes)
    bitwuzla_seconds = sum(outcome.bitwuzla_seconds for outcome in outcomes)
    total = z3_seconds + bitwuzla_seconds + sum(outcome.other_seconds for outcome in outcomes)
    questions = sum(outcome.asked for outcome in outcomes)
    how = (
        f"questions {questions}, z3 {z3_seconds:.2f} s, bitwuzla {bitwuzla_seconds:.2f} s"
        if questions
        else f"runs {len(outcomes)}"
    )
    print(f"ok {theorem} {total:.2f} s ({how})", flush=True)
    return PROVED


def is_wanted(theorem, names):
    return not names or any(theorem == name or theorem.startswith(name + ".") for name in names)


def main(arguments):
    global machine
    if arguments == ["--list"]:
        for subject in SUBJECTS:
            for theorem, sentence in subject.theorems.items():
                symbols = subject.own.get(theorem) or " ".join(subject.symbols)
                print(theorem, symbols, sentence, sep="\t")
        return 0
    until_failure = arguments[0] == "--until-failure"
    arguments = arguments[until_failure:]
    wanted = {
        theorem
        for subject in SUBJECTS
        for theorem in subject.theorems
        if is_wanted(theorem, arguments[1:])
    }
    if not wanted:
        return 0
    machine = Machine(arguments[0], os.environ.get("LD_LLD", "ld.lld"))
    codes = {PROVED}
    workers = int(os.environ.get("PROOF_WORKERS", os.cpu_count() or 1))
    with multiprocessing.get_context("fork").Pool(workers, maxtasksperchild=20) as pool:
        for index, subject in enumerate(SUBJECTS):
            theorems = [theorem for theorem in subject.theorems if theorem in wanted]
            tasks = [(index, case, wanted) for case in range(len(subject.cases))] if theorems else []
            if until_failure:
                # The cases that take longest stand first.
                tasks.reverse()
            outcomes = []
            for case in pool.imap_unordered(prove_case, tasks):
                outcomes += case
                if until_failure and not all(outcome.holds or outcome.gave_up for outcome in case):
                    break
            for theorem in theorems:
                own = [outcome for outcome in outcomes if outcome.theorem == theorem]
                codes.add(report(theorem, own))
    return FAILED if FAILED in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
