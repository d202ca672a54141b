"""The bench: builds the oracle's own tests with blind spots in it, and runs them with one of them on."""

import os
import re
import resource
import shutil
import signal
import subprocess
import time

import planting
import workshop

TOP = workshop.ROOT / "Sources"
# The modules that judge: model and invariants, simulators, and what holds a system beside them.
MODULES = ("SharingHarness", "SharingModel", "SimulatedHypervisors")
# What the manifest wants to be there; the tests are those of `TESTS` and what they read.
COPIED = (
    "Package.swift", "Plugins", "Sources", "Tests", "Fuzz", "corpora", "proofs/traces", "docs", "README.md")
# The test targets that are built.
TESTS = ("SharingHarnessTests", "SharingModelTests", "SimulatedHypervisorsTests")
# The suites that run, in stages: the saboteurs, the unit tests of model and simulators, and what plays programs.
STAGES = (
    "InvariantsSeenToFailTests|NonInterferenceTests|LifetimeTests",
    "^SharingModelTests|^SimulatedHypervisorsTests",
    "EgressTests",
)
# Put at the end of the manifest's copy: nothing else is built.
MANIFEST = f"""
let kept: Set = {list(TESTS)}
package.targets.removeAll {{ target in
  target.isTest && !kept.contains(target.name) || target.type == .executable || target.type == .plugin
}}
package.products.removeAll {{ $0 is Product.Executable }}
""".replace("'", '"')
# Seconds of processor time that a stage does not come near.
LIMIT = 20
GIGABYTE = 1 << 30


class Build:
    """The tests with a group of blind spots in what they test."""

    def __init__(self, scratch, sources, group, rest):
        self.scratch = scratch
        self.package = scratch / "package"
        self.numbers = {spot.id: number for number, spot in enumerate(group, 1)}
        self.planted = sources.planted(group)
        self.digest = planting.digest(
            rest, *(part for name in sorted(self.planted) for part in (name, self.planted[name])))
        self.binary = scratch / "bin" / f"tests-{self.digest}"

    def make(self):
        """Builds it, unless it is there already."""
        if self.binary.exists():
            return
        workshop.write_copy(self.package, COPIED, TOP, self.planted)
        with (self.package / "Package.swift").open("a") as manifest:
            manifest.write(MANIFEST)
        command = ["swift", "build", "--build-tests", "-Xswiftc", "-O", "-Xswiftc", "-suppress-warnings"]
        log = self.scratch / "build.log"
        with log.open("w") as output:
            done = subprocess.run(command, cwd=self.package, stdout=output, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            error = workshop.first_error(log, self.package)
            raise workshop.Failure(f"the oracle with blind spots does not build: {error}")
        self.binary.parent.mkdir(exist_ok=True)
        fresh = self.binary.with_suffix(".new")
        shutil.copy(self.package / ".build" / "debug" / "sharecheckPackageTests.xctest", fresh)
        fresh.rename(self.binary)

    def discard_others(self, builds):
        """Removes what was built for other sources."""
        wanted = {build.binary for build in builds}
        for path in self.binary.parent.glob("tests-*"):
            if path not in wanted:
                path.unlink()

    def run(self, id):
        """What the tests say, up to the first stage that fails, with this blind spot on or, for None, with none."""
        start = time.monotonic()
        tests = 0
        for suites in STAGES:
            result = self._run(self.numbers[id] if id else 0, suites)
            if result["by"]:
                break
            tests += result["tests"]
        verdict = "killed" if result["by"] else "lived"
        seconds = round(time.monotonic() - start, 1)
        return {"verdict": verdict, "by": result["by"], "tests": tests, "seconds": seconds}

    def _run(self, number, suites):
        # One test after the other, so that it is known which of them a trap ends.
        command = [self.binary, "--testing-library", "swift-testing", "--no-parallel", "--filter", suites]
        process = subprocess.Popen(
            command, cwd=self.package, preexec_fn=_restrain,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, planting.VARIABLE: str(number), "SWIFT_BACKTRACE": "enable=no"},
            text=True, errors="replace")
        workshop.running.add(process)
        try:
            output, _ = process.communicate(timeout=20 * LIMIT)
            return _result(process.returncode, output)
        except subprocess.TimeoutExpired:
            raise workshop.Failure(f"the tests did not end within {20 * LIMIT} s")
        finally:
            workshop.end(process)
            workshop.running.discard(process)


def _restrain():
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT + 1))
    resource.setrlimit(resource.RLIMIT_AS, (8 * GIGABYTE, 8 * GIGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _result(code, output):
    """Which tests failed, and how many passed if all did."""
    if code == 0:
        passed = re.search(r"Test run with (\d+) tests.* passed", output)
        if passed is None or int(passed[1]) == 0:
            raise workshop.Failure("the tests ran none")
        return {"by": [], "tests": int(passed[1])}
    failed = failures(output)
    if code < 0:
        if -code in (signal.SIGKILL, signal.SIGTERM):
            raise workshop.Failure(f"the tests were ended from outside, by signal {-code}")
        failed.append(f"{'no end' if -code == signal.SIGXCPU else 'a trap'} in {last_started(output)}")
    if not failed:
        raise workshop.Failure(f"the tests exited with {code}, and none of them failed")
    return {"by": failed}


def failures(output):
    """The tests that failed, saboteurs first, by the file that they are in, with their argument."""
    output = plain(output)
    found = set()
    for name, argument, file in re.findall(
            r'^\S+ Test (".*?"|\S+) recorded an issue(?: with \d+ arguments? \w+ → (.*?))?'
            r' at (\w+)\.swift:\d+:\d+:', output, re.MULTILINE):
        name = name.strip('"')
        found.add(f"{file}: {name}: {argument}" if argument else f"{file}: {name}")
    return sorted(found, key=lambda test: (not test.startswith("InvariantsSeenToFailTests: Every saboteur"), test))


def last_started(output):
    """The test that had begun last when they ended."""
    started = re.findall(r'^\S+ Test (".*?"|\S+\(.*?\)) started', plain(output), re.MULTILINE)
    return started[-1].strip('"') if started else "no test"


def plain(output):
    return re.sub(r"\x1b\[[0-9;]*m", "", output)


def rest_digest():
    """A digest of what the tests are built of besides the modules with blind spots."""
    texts = []
    for path in workshop.copied_files(COPIED):
        inside = path.relative_to(workshop.ROOT)
        wanted = inside.parts[0] in ("Package.swift", "Sources") or inside.parts[:2] in [
            ("Tests", name) for name in TESTS]
        if wanted and not (inside.parts[0] == "Sources" and inside.parts[1] in MODULES):
            texts += [str(inside), path.read_text()]
    return planting.digest(MANIFEST, *STAGES, *texts)
