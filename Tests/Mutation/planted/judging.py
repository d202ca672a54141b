"""The bench: builds sharecheck with plants in its core, and runs it with one of them on."""

import json
import os
import shutil
import subprocess
import time

import planting
import workshop

CORE = workshop.ROOT / "Sources" / "MemorySharing"
# What the manifest wants to be there.
COPIED = ("Package.swift", "Plugins", "Sources", "Tests", "Fuzz", "proofs/traces")
# Seconds that no run comes near, a hang and its shrinking included.
LIMIT = 1800


class Build:
    """A sharecheck with a group of plants in it."""

    def __init__(self, scratch, sources, group, rest):
        self.scratch = scratch
        self.numbers = {plant.id: number for number, plant in enumerate(group, 1)}
        self.planted = sources.planted(group)
        self.digest = planting.digest(
            rest, *(part for name in sorted(self.planted) for part in (name, self.planted[name])))
        self.binary = scratch / "bin" / f"sharecheck-{self.digest}"

    def make(self):
        """Builds it, unless it is there already."""
        if self.binary.exists():
            return
        package = self.scratch / "package"
        workshop.write_copy(package, COPIED, CORE, self.planted)
        command = ["swift", "build", "-c", "release", "--product", "sharecheck", "-j", "1"]
        log = self.scratch / "build.log"
        with log.open("w") as output:
            done = subprocess.run(command, cwd=package, stdout=output, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise workshop.Failure(f"the core with plants does not build: {workshop.first_error(log, package)}")
        self.binary.parent.mkdir(exist_ok=True)
        fresh = self.binary.with_suffix(".new")
        shutil.copy(package / ".build" / "release" / "sharecheck", fresh)
        fresh.rename(self.binary)

    def discard_others(self, builds):
        """Removes what was built for other sources."""
        wanted = {build.binary for build in builds}
        for path in self.binary.parent.glob("sharecheck-*"):
            if path not in wanted:
                path.unlink()

    def run(self, id, programs, seed):
        """What one run says, with this plant on or, for None, with none."""
        number = self.numbers[id] if id else 0
        command = [
            self.binary, "run", "--programs", str(programs), "--seed", str(seed), "--format", "json"]
        start = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command], start_new_session=True, stdin=subprocess.DEVNULL,
            env={**os.environ, planting.VARIABLE: str(number)}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, errors="replace")
        workshop.running.add(process)
        try:
            output, errors = process.communicate(timeout=LIMIT)
            result = _result(process.returncode, output, errors)
        except subprocess.TimeoutExpired:
            result = {"verdict": "broke", "by": f"no end within {LIMIT} s"}
        finally:
            workshop.end(process)
            workshop.running.discard(process)
        return {**result, "seconds": round(time.monotonic() - start, 1)}


def _result(code, output, errors):
    """A verdict: `broke` where sharecheck ended without one of its own."""
    if code < 0:
        raise workshop.Failure(f"a run was ended from outside, by signal {-code}")
    if code not in (0, 1):
        lines = [line for line in errors.splitlines() if line.strip()]
        return {"verdict": "broke", "by": f"exit code {code}: {lines[-1] if lines else 'no word'}"}
    report = json.loads(output)
    result = {"ran": report["programs"], "commands": report["commands"]}
    if not report["findings"]:
        return {"verdict": "lived", **result}
    found = report["findings"][0]
    violation = found["verdict"]["violations"][0]
    # The program's text: a comment, the machine, the commands, the end.
    shrunk = sum(1 for line in found["program"].splitlines() if line.strip()) - 3
    return {
        "verdict": "killed", "by": violation["invariant"], "on": found["backend"],
        "evidence": violation["evidence"], "shrunk": shrunk, **result,
    }


def rest_digest():
    """A digest of what sharecheck is built of besides the core."""
    texts = []
    for path in workshop.copied_files(COPIED):
        inside = path.relative_to(workshop.ROOT)
        if inside.parts[0] in ("Package.swift", "Sources") and CORE not in path.parents:
            texts += [str(inside), path.read_text()]
    return planting.digest(*texts)
