"""Plants each mutant in a copy of the core and shows that the theorem it names is refuted.

    mutants.py [NAME…]

A mutant is a patch of Sources/MemorySharing. Above the patch it says what is wrong, and in a line
`Refuted-by: THEOREM` which theorem must fail, with an input on which both solvers agree or an access
that the run saw. A theorem that fails in another way refutes nothing: not one that took all the work that
it may, and not one that a limit by the clock left unknown.

Prints `ok`, `FAILED` or `UNKNOWN`, and exits as prove.py does.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from limits import STILL_RUNNING

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
# What prove.py says where both solvers found an input, and where the run saw an access.
EVIDENCE = re.compile(r"z3 says sat, bitwuzla sat|: a (write|read) |: something was written")


def refute(patch):
    """Returns the line to print for a mutant."""
    start = time.monotonic()
    theorem = re.search(r"^Refuted-by: (\S+)$", patch.read_text(), re.MULTILINE).group(1)
    with tempfile.TemporaryDirectory() as scratch:
        problem = build(patch, Path(scratch))
        if problem:
            return f"FAILED mutant.{patch.stem} {problem}"
        found = subprocess.run(
            [
                sys.executable,
                FOLDER / "prove.py",
                "--until-failure",
                f"{scratch}/MemorySharing.o",
                theorem,
            ],
            env={**os.environ, "PROOF_WORKERS": "1"},
            capture_output=True,
            text=True,
        )
    said = found.stdout.splitlines()
    failed = [line for line in said if line.startswith(f"FAILED {theorem} ")]
    if failed and EVIDENCE.search(failed[0]) and STILL_RUNNING not in failed[0]:
        return f"ok mutant.{patch.stem} {time.monotonic() - start:.2f} s (refuted by {theorem})"
    for line in said:
        if line.startswith(f"UNKNOWN {theorem} "):
            return f"UNKNOWN mutant.{patch.stem} {line.removeprefix('UNKNOWN ')}"
    said = (found.stdout + found.stderr)[-300:].strip()
    return f"FAILED mutant.{patch.stem} is not refuted by {theorem}: {said}"


def build(patch, scratch):
    """Compiles the core with the mutant in it; what went wrong, if anything."""
    shutil.copytree(ROOT / "Sources/MemorySharing", scratch / "Sources/MemorySharing")
    (scratch / "ci").mkdir()
    for name in ("embedded", "embedded.sh", "usage.sh"):
        shutil.copy(ROOT / "ci" / name, scratch / "ci" / name)
    patched = subprocess.run(
        ["patch", "--quiet", "-p1", "-i", patch], cwd=scratch, capture_output=True, text=True
    )
    if patched.returncode:
        return f"the patch does not apply: {patched.stdout.strip()}"
    compiled = subprocess.run(
        [scratch / "ci/embedded", scratch / "MemorySharing.o"], capture_output=True, text=True
    )
    return f"it does not compile: {compiled.stderr[-300:].strip()}" if compiled.returncode else None


def main(names):
    patches = sorted(
        patch
        for patch in (FOLDER / "mutants").glob("*.patch")
        if not names or f"mutant.{patch.stem}" in names or patch.stem in names
    )
    kinds = Counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for line in pool.map(refute, patches):
            print(line, flush=True)
            kinds[line.split()[0]] += 1
    return 1 if kinds["FAILED"] else 70 if kinds["UNKNOWN"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
