#!/usr/bin/env python3
"""Three bugs of a toy allocator under Hypothesis: how soon found, how far shrunk, at what cost.

The allocator is `Tests/PropertyTestingTests/Toys/ToyAllocator.swift`, line by line, with the same
three bugs to plant. Hypothesis's rule-based state machine allocates and frees, at most 50 commands
a program; the allocator's tear-down runs last, and its failure counts.

Each seed is one run of Hypothesis with its default of 100 examples. If that finds nothing, a second
run from another seed spends what --max-examples leaves. It counts:

* programs until found: calls of the test function, the failing one included, of both runs;
* length: the allocations and frees of the program that Hypothesis reports in the end;
* evaluations: calls of the test function after the first failure and before the final replay;
* milliseconds: from the first failure to the beginning of the final replay.
"""

import argparse
import json
import platform
import statistics
import sys
import tempfile
import time
from typing import NamedTuple

import hypothesis
import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    rule,
    run_state_machine_as_test,
)

TRUE_MINIMUM = {"refill": 1, "teardown": 3, "merge": 6}
DEFAULT_EXAMPLES = 100
SEED_OF_SECOND_RUN = 1_000_000
USAGE_ERROR = 64


# The allocator


class Failure(Exception):
    """What a planted bug leads to."""


class RefusedByRefill(Failure):
    pass


class LeaksRegion(Failure):
    pass


class FreeBlockIsMisaligned(Failure):
    pass


class Block(NamedTuple):
    address: int
    bytes: int


class ToyAllocator:
    """A buddy allocator of a few lines that draws its memory region by region.

    Python keeps its first base only: no block here is larger than 16 KiB, and every base is
    aligned to 64 KiB.
    """

    GRANULE = 4096
    LARGEST = 1 << 16

    def __init__(self, bug):
        self.bug = bug
        self.regions = []
        self.next_base = 0x100_0000
        self.free_blocks = []

    def allocate(self, size, alignment):
        if size > self.LARGEST:
            return None
        needed = max(size, alignment, 64)
        bytes = 1 << (needed - 1).bit_length()
        if not any(block.bytes >= bytes for block in self.free_blocks):
            granules = (size + self.GRANULE - 1) // self.GRANULE
            if self.bug == "refill" and granules == 3:
                raise RefusedByRefill
            self._refill(bytes)
        return self._take(bytes)

    def free(self, block):
        merged = block
        while (buddy := self._neighbour(merged)) in self.free_blocks:
            self.free_blocks.remove(buddy)
            merged = Block(min(merged.address, buddy.address), 2 * merged.bytes)
        self.free_blocks.append(merged)
        if merged.address % merged.bytes != 0:
            raise FreeBlockIsMisaligned

    def tear_down(self):
        """Gives every region back."""
        if self.bug == "teardown" and len(self.regions) >= 3:
            raise LeaksRegion

    def _refill(self, bytes):
        region = Block(self.next_base, max(bytes, self.GRANULE))
        # Regions never touch, so blocks of two of them never merge.
        self.next_base += 2 * self.LARGEST
        self.regions.append(region)
        self.free_blocks.append(region)

    def _take(self, bytes):
        """The lowest of the smallest free blocks that will do, split down."""
        enough = (block for block in self.free_blocks if block.bytes >= bytes)
        block = min(enough, key=lambda block: (block.bytes, block.address))
        self.free_blocks.remove(block)
        while block.bytes > bytes:
            half = block.bytes // 2
            self.free_blocks.append(Block(block.address + half, half))
            block = Block(block.address, half)
        return block

    def _neighbour(self, block):
        is_right = block.address & block.bytes != 0
        if is_right and self.bug != "merge":
            return Block(block.address - block.bytes, block.bytes)
        return Block(block.address + block.bytes, block.bytes)


# What programs are made of


LARGEST_SIZE = 1 << 14
SLOTS = 8

exponents = st.integers(0, 12)
slots = st.integers(0, SLOTS - 1)


@st.composite
def edge_biased(draw):
    """A size that likes to stand on an edge, with the odds of `RandomNumbers.edgeBiased`."""
    branch = draw(st.integers(0, 7))
    if branch == 0:
        return draw(st.integers(0, LARGEST_SIZE))
    if branch == 1:
        return draw(st.integers(0, 7))
    if branch <= 5:
        edge = 1 << draw(st.integers(0, LARGEST_SIZE.bit_length() - 1))
    else:
        edge = ToyAllocator.GRANULE * draw(st.integers(1, LARGEST_SIZE // ToyAllocator.GRANULE))
    return min(LARGEST_SIZE, edge + draw(st.sampled_from([0, 0, -1, 1])))


SIZES = {"uniform": st.integers(0, LARGEST_SIZE), "edges": edge_biased()}


class ToyMachine(RuleBasedStateMachine):
    """What the machines of both styles share."""

    def __init__(self, bug, record):
        super().__init__()
        self.allocator = ToyAllocator(bug)
        self.record = record
        record.begin()

    def command(self, call, *arguments):
        self.record.length += 1
        return self.noting_failure(call, *arguments)

    def noting_failure(self, call, *arguments):
        try:
            return call(*arguments)
        except Failure:
            self.record.failed()
            raise

    def teardown(self):
        # Hypothesis also tears down a program that it broke off, and ignores what that raises.
        was_broken_off = sys.exc_info()[0] is not None
        if not was_broken_off:
            self.noting_failure(self.allocator.tear_down)


def bundles_machine(sizes):
    """Frees name a block that was allocated and not yet freed."""

    class BundlesMachine(ToyMachine):
        blocks = Bundle("blocks")

        @rule(target=blocks, exponent=exponents, size=sizes)
        def allocate(self, exponent, size):
            return self.command(self.allocator.allocate, size, 1 << exponent)

        @rule(block=consumes(blocks))
        def free(self, block):
            self.command(self.allocator.free, block)

    return BundlesMachine


def slots_machine(sizes):
    """Frees name one of eight slots, as the Swift programs do; an empty slot is left alone."""

    class SlotsMachine(ToyMachine):
        def __init__(self, bug, record):
            super().__init__(bug, record)
            self.held = [None] * SLOTS

        @rule(slot=slots, exponent=exponents, size=sizes)
        def allocate(self, slot, exponent, size):
            self.held[slot] = self.command(self.allocator.allocate, size, 1 << exponent)

        @rule(slot=slots)
        def free(self, slot):
            self.command(self.free_slot, slot)

        def free_slot(self, slot):
            block, self.held[slot] = self.held[slot], None
            if block is not None:
                self.allocator.free(block)

    return SlotsMachine


STYLES = {"bundles": bundles_machine, "slots": slots_machine}


# Measuring


class Record:
    """What is seen of a run from within the test function. The last call is the final replay."""

    def __init__(self):
        self.calls = 0
        self.length = 0
        self.last_call_began = 0.0
        self.found_at = None
        self.found_time = 0.0

    def begin(self):
        self.last_call_began = time.perf_counter()
        self.calls += 1
        self.length = 0

    def failed(self):
        if self.found_at is None:
            self.found_at = self.calls
            self.found_time = time.perf_counter()


class Outcome(NamedTuple):
    """What became of one seed; without a finding only `programs` means anything."""

    found: bool
    programs: int
    length: int = 0
    evaluations: int = 0
    milliseconds: float = 0.0


def outcome(machine, bug, number, max_examples):
    """One seed: a run with Hypothesis's default number of examples, then one with the rest."""
    first = min(DEFAULT_EXAMPLES, max_examples)
    result = run(machine, bug, number, first)
    rest = max_examples - result.programs
    if result.found or rest <= 0:
        return result
    second = run(machine, bug, number + SEED_OF_SECOND_RUN, rest)
    return second._replace(programs=result.programs + second.programs)


def run(machine, bug, number, examples):
    record = Record()

    @seed(number)
    def program():
        return machine(bug, record)

    try:
        run_state_machine_as_test(program, settings=run_settings(examples))
    except Failure:
        return Outcome(
            found=True,
            programs=record.found_at,
            length=record.length,
            evaluations=record.calls - 1 - record.found_at,
            milliseconds=1000 * (record.last_call_began - record.found_time),
        )
    return Outcome(found=False, programs=record.calls)


def run_settings(examples):
    return settings(
        max_examples=examples,
        stateful_step_count=50,
        database=None,
        derandomize=False,
        deadline=None,
        # One bug is planted at a time; whoever looks for more calls that many times more.
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink],
        verbosity=Verbosity.quiet,
    )


# Reporting


def row(bug, outcomes):
    found = [outcome for outcome in outcomes if outcome.found]
    lengths = [outcome.length for outcome in found]
    distinct = sorted(set(lengths))
    evaluations = [outcome.evaluations for outcome in found]
    milliseconds = [outcome.milliseconds for outcome in found]
    return {
        "bug": bug,
        "minimum": TRUE_MINIMUM[bug],
        "seeds": len(outcomes),
        "found": len(found),
        "foundByDefault": sum(outcome.programs <= DEFAULT_EXAMPLES for outcome in found),
        "atMinimum": lengths.count(TRUE_MINIMUM[bug]),
        "lengths": distinct,
        "lengthCounts": [lengths.count(length) for length in distinct],
        "evaluationsMean": of(statistics.mean, evaluations),
        "evaluationsMedian": of(statistics.median, evaluations),
        "millisecondsMean": of(statistics.mean, milliseconds),
        "millisecondsMedian": of(statistics.median, milliseconds),
        "programsUntilFoundMedian": of(
            statistics.median, [outcome.programs for outcome in found]
        ),
    }


def of(average, values):
    return round(average(values), 1) if values else None


def table(rows):
    cells = [
        ["bug", "minimum", "found", f"by {DEFAULT_EXAMPLES}", "programs", "at minimum"]
        + ["evaluations", "(median)", "ms", "(median)"]
    ]
    for row in rows:
        share = f"{row['atMinimum']}/{row['found']}"
        found = f"{row['found']}/{row['seeds']}"
        numbers = ["programsUntilFoundMedian", "evaluationsMean", "evaluationsMedian"]
        numbers += ["millisecondsMean", "millisecondsMedian"]
        programs, *costs = [shown(row[number]) for number in numbers]
        cells.append(
            [row["bug"], str(row["minimum"]), found, str(row["foundByDefault"]), programs, share]
            + costs
        )
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(map(str.rjust, line, widths)) for line in cells]
    lines += [f"lengths, {row['bug']}: {tally(row)}" for row in rows]
    return "\n".join(lines)


def shown(number):
    return "-" if number is None else f"{number:.1f}"


def tally(row):
    """Each length once, with how often it came if that was more than once."""
    counts = zip(row["lengths"], row["lengthCounts"])
    return " ".join(f"{length}" if count == 1 else f"{length}×{count}" for length, count in counts)


def show_progress(bug, done, seeds):
    if sys.stderr.isatty():
        end = "\n" if done == seeds else ""
        print(f"\r{bug}: {done} of {seeds} seeds", end=end, file=sys.stderr, flush=True)


# The command line


class OneLineParser(argparse.ArgumentParser):
    def error(self, message):
        self.exit(USAGE_ERROR, f"{self.prog}: {message}\n")


def positive(text):
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number")
    return int(text)


def parsed_arguments():
    parser = OneLineParser(
        description="Three bugs of a toy allocator under Hypothesis.", allow_abbrev=False
    )
    parser.add_argument("--seeds", type=positive, default=100, help="how many, from 1 on (100)")
    parser.add_argument(
        "--max-examples",
        type=positive,
        default=10_000,
        help="programs a seed may try (10000), the first 100 as by default",
    )
    parser.add_argument("--sizes", choices=SIZES, default="uniform", help="uniform is the default")
    parser.add_argument("--style", choices=STYLES, default="slots", help="slots is the default")
    parser.add_argument("--bug", choices=TRUE_MINIMUM, help="only this one")
    parser.add_argument("--json", action="store_true", help="one JSON object, no table")
    return parser.parse_args()


def measured(arguments):
    machine = STYLES[arguments.style](SIZES[arguments.sizes])
    for bug in [arguments.bug] if arguments.bug else TRUE_MINIMUM:
        outcomes = []
        for number in range(1, arguments.seeds + 1):
            outcomes.append(outcome(machine, bug, number, arguments.max_examples))
            show_progress(bug, number, arguments.seeds)
        yield row(bug, outcomes)


def main():
    arguments = parsed_arguments()
    setting = {
        "hypothesis": hypothesis.__version__,
        "python": platform.python_version(),
        "style": arguments.style,
        "sizes": arguments.sizes,
        "maximumExamples": arguments.max_examples,
    }
    with tempfile.TemporaryDirectory() as home:
        # Even without a database Hypothesis keeps files, which belong in no working copy.
        set_hypothesis_home_dir(home)
        rows = list(measured(arguments))
    if arguments.json:
        print(json.dumps(setting | {"rows": rows}))
    else:
        print(", ".join(f"{name} {value}" for name, value in setting.items()))
        print(table(rows))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
