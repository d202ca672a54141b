"""What the scripts beside it share: building the harnesses, running them, and reading what they say."""

import ctypes
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "ci"))
import usage  # noqa: E402

BUILD = ROOT / ".build-fuzz"
REPLAY = ROOT / ".build" / "release"
# No input takes more than milliseconds, or more than some megabytes.
LIMITS = ["-timeout=5", "-rss_limit_mb=1024", "-malloc_limit_mb=256"]

WRONG_USAGE, OUR_FAULT = 64, 70


class Failure(Exception):
    """What keeps a script from its work, in one line, and the exit code."""

    def __init__(self, message, code=OUR_FAULT):
        super().__init__(message)
        self.code = code


def main(name, body):
    """Runs a script; what fails is one line and an exit code of its own."""
    try:
        code = body()
    except Failure as failure:
        print(f"{name}: {failure}", file=sys.stderr)
        code = failure.code
    except subprocess.CalledProcessError as failure:
        print(f"{name}: failed: {' '.join(map(str, failure.cmd))}", file=sys.stderr)
        code = OUR_FAULT
    except OSError as error:
        print(f"{name}: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        code = 74
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def all_harnesses():
    return sorted(path.parent.name for path in (ROOT / "Fuzz").glob("fuzz-*/main.swift"))


def chosen_harnesses(names):
    """The harnesses of these names, `lockstep` for `fuzz-lockstep` too; all if there is no name."""
    known = all_harnesses()
    chosen = [name if name.startswith("fuzz-") else f"fuzz-{name}" for name in names]
    for name in chosen:
        if name not in known:
            raise Failure(f"there is no {name}; one of: {' '.join(known)}", WRONG_USAGE)
    return chosen or known


def corpus(harness):
    return ROOT / "corpora" / harness.removeprefix("fuzz-")


def dictionary(harness):
    return ROOT / "Fuzz" / "dictionaries" / f"{harness}.dict"


def found(name):
    """Where what a run finds is until it is merged; it outlives a run that is killed."""
    return BUILD / "found" / name


def fuzzing(harness):
    """The harness with the fuzzer in it."""
    return BUILD / "release" / harness


def replaying(product):
    """A plain release build."""
    return REPLAY / product


def build(products, sanitized):
    """Builds products in release: with the fuzzer, which sees the core, or plain."""
    environment = dict(os.environ)
    options = ["swift", "build", "-c", "release", "--package-path", ROOT]
    if sanitized:
        environment["SHARECHECK_FUZZ"] = "1"
        options += ["--scratch-path", BUILD, "-Xswiftc", "-sanitize=fuzzer"]
    for product in products:
        done = subprocess.run(
            [*options, "--product", product], env=environment, capture_output=True, text=True)
        if done.returncode:
            print((done.stdout + done.stderr)[-4000:], file=sys.stderr)
            raise Failure(f"{product} does not build")


class Run:
    """What one run of a fuzzer came to."""

    def __init__(self, log, seconds, artifacts):
        self.log = log
        self.seconds = seconds
        self.artifacts = artifacts
        status = re.findall(r"^#(\d+)\s.*?cov: (\d+) ft: (\d+) corp: (\d+)/", log, re.M)
        self.edges = int(status[-1][1]) if status else None
        units = re.search(r"^stat::number_of_executed_units: (\d+)", log, re.M)
        self.inputs = int(units[1]) if units else int(status[-1][0]) if status else 0
        told = re.search(r"^fuzz-\S+: (\d+) commands, (\d+) states", log, re.M)
        self.commands, self.states = (int(told[1]), int(told[2])) if told else (None, None)


def die_with_parent():
    """Has the kernel kill a child whose parent is gone, however that came."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def fuzz(harness, seconds, directories, artifacts, options=(), environment=()):
    """Fuzzes until the time is over or something is found.

    The first directory gets what is new. A run that ends in any other way is our fault.
    """
    before = set(artifacts.iterdir())
    command = [
        fuzzing(harness), f"-max_total_time={seconds}", f"-artifact_prefix={artifacts}/",
        "-print_final_stats=1", "-len_control=0", *LIMITS, *options, *directories]
    if dictionary(harness).exists():
        command.append(f"-dict={dictionary(harness)}")
    start = time.monotonic()
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", preexec_fn=die_with_parent,
        env={**os.environ, **dict(environment)})
    run = Run(
        done.stdout + done.stderr, time.monotonic() - start,
        sorted(path for path in artifacts.iterdir() if path not in before))
    if done.returncode and not run.artifacts:
        print(run.log[-2000:], file=sys.stderr)
        raise Failure(f"{harness} ended with {done.returncode} and left no artifact")
    return run


def classify(harness, artifact, environment=()):
    """What an artifact shows, in a word or two, by its name and by replaying it without the fuzzer."""
    kind = artifact.name.split("-")[0]
    if kind in ("timeout", "slow"):
        return "hang"
    if kind in ("oom", "leak"):
        return {"oom": "runaway allocation", "leak": "leak"}[kind]
    replay = subprocess.run(
        [replaying(harness), artifact], capture_output=True, text=True, errors="replace",
        preexec_fn=die_with_parent, env={**os.environ, **dict(environment)}, timeout=60)
    if replay.returncode == 1:
        return "violation"
    if replay.returncode < 0:
        return f"trap ({signal.Signals(-replay.returncode).name})"
    return "does not show without the fuzzer"


def merge(harness, new):
    """Replaces a corpus by the fewest inputs that reach all that it and the new ones reach.

    libFuzzer chooses them into a folder beside; then they are moved in one by one, each whole, and
    only after the last of them those that are no longer needed go. So the corpus is whole at any
    moment, and what is new stays until it is in it.
    """
    old = corpus(harness)
    merged = BUILD / "merged" / harness
    shutil.rmtree(merged, ignore_errors=True)
    merged.mkdir(parents=True)
    old.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [fuzzing(harness), "-set_cover_merge=1", "-use_counters=0", *LIMITS, merged, old, new],
        capture_output=True, text=True, errors="replace", preexec_fn=die_with_parent)
    chosen = sorted(merged.iterdir())
    if done.returncode or not chosen:
        print(done.stderr[-2000:], file=sys.stderr)
        raise Failure(f"{harness}: the corpus was not merged, and is as it was")
    known = {path.name for path in old.iterdir()}
    for path in chosen:
        if path.name not in known:
            os.replace(path, old / path.name)
    for name in known - {path.name for path in chosen}:
        (old / name).unlink()
    for path in new.iterdir():
        path.unlink()
    shutil.rmtree(merged)
