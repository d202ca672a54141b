"""How far the engine and the solvers go.

A verdict depends on their own counts of work only, which do not grow where the machine is slow or busy. What is not
done then is not proved, and refutes nothing. The clock is a far limit. Whatever reaches that is a fault of the tools or
of the machine, and no verdict.
"""

# Of one question to z3, as its option `rlimit` counts. The count varies by a half with what z3 was asked before.
Z3_WORK = 2_000_000_000
# Of one question to bitwuzla: how often it asks whether it shall end.
BITWUZLA_WORK = 4_000_000
# Of one function in one case: the basic blocks that the engine executes, on all paths together.
BLOCKS = 50_000
# What is said of a path that had not returned by then: it may be endless, or only long.
STILL_RUNNING = "still running"
# Of one question to a solver, or of one function in one case, in seconds by the clock.
FAR_SECONDS = 7200
# Of one question of the engine to its own solver, in seconds by the clock: what angr sets.
ENGINE_SECONDS = 300


class GaveUp(Exception):
    """A far limit by the clock was reached, so that nothing is known."""

    def __init__(self, who, seconds=FAR_SECONDS):
        super().__init__(f"{who} gave up after {seconds} s of wall clock")
