"""The bench: builds sharecheck with plants in its core, and runs it with one of them on."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import planting

ROOT = pathlib.Path(__file__).resolve().parents[3]
# What the manifest wants to be there.
COPIED = ("Package.swift", "Plugins", "Sources", "Tests", "Fuzz", "proofs/traces")
# Seconds that no run comes near, a hang and its shrinking included.
LIMIT = 1800


# The runs that have not ended yet.
running = set()


class Failure(Exception):
    """What makes a run pointless, in one line."""


def end(process):
    """Ends a run with its workers, if it has not ended by itself."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
        _copy(package, self.planted)
        command = ["swift", "build", "-c", "release", "--product", "sharecheck", "-j", "1"]
        log = self.scratch / "build.log"
        with log.open("w") as output:
            done = subprocess.run(command, cwd=package, stdout=output, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise Failure(f"the core with plants does not build: {_first_error(log, package)}")
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
        running.add(process)
        try:
            output, errors = process.communicate(timeout=LIMIT)
            result = _result(process.returncode, output, errors)
        except subprocess.TimeoutExpired:
            result = {"verdict": "broke", "by": f"no end within {LIMIT} s"}
        finally:
            end(process)
            running.discard(process)
        return {**result, "seconds": round(time.monotonic() - start, 1)}


def _result(code, output, errors):
    """A verdict: `broke` where sharecheck ended without one of its own."""
    if code < 0:
        raise Failure(f"a run was ended from outside, by signal {-code}")
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


def _copy(package, planted):
    """Copies what has changed, and the core with its plants."""
    wanted = {}
    for path in copied_files():
        inside = path.relative_to(ROOT)
        if planting.CORE not in inside.parents:
            wanted[inside] = path.read_bytes()
    for name, text in planted.items():
        wanted[planting.CORE / name] = text.encode()
    for name in COPIED:
        for path in (package / name).rglob("*"):
            if path.is_file() and path.relative_to(package) not in wanted:
                path.unlink()
    for inside, content in wanted.items():
        copy = package / inside
        if not copy.exists() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
    # SwiftPM may miss a file that came or went.
    (package / "Package.swift").touch()


def copied_files():
    for name in COPIED:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            hidden = any(part.startswith(".") for part in path.relative_to(ROOT).parts)
            if path.is_file() and not hidden and ROOT / "Tests" / "Mutation" not in path.parents:
                yield path


def rest_digest():
    """A digest of what sharecheck is built of besides the core."""
    texts = []
    for path in copied_files():
        inside = path.relative_to(ROOT)
        if inside.parts[0] in ("Package.swift", "Sources") and planting.CORE not in inside.parents:
            texts += [str(inside), path.read_text()]
    return planting.digest(*texts)


def _first_error(log, package):
    text = log.read_text(errors="replace")
    lines = [line for line in text.splitlines() if "error:" in line] or text.splitlines()[-1:]
    return (lines[0] if lines else "no word").replace(f"{package}/", "")


class Results:
    """One line of JSON a run of a plant, appended and flushed; the last one of a run counts.

    A result holds for one text of the sources, of the plant, and for its seed and number of programs.
    """

    def __init__(self, path, sources):
        self.sources = sources
        self.known = {}
        if path.exists():
            for line in path.read_text().splitlines():
                try:
                    result = json.loads(line)
                    self.known[tuple(result["key"])] = result
                except (ValueError, KeyError, TypeError):
                    continue  # The last line of a run that was ended.
        self.path = path

    def _key(self, plant, programs, seed):
        return self.sources, plant.id, plant.digest, programs, seed

    def of(self, plant, programs, seed):
        return self.known.get(self._key(plant, programs, seed))

    def add(self, plant, programs, seed, result):
        key = self._key(plant, programs, seed)
        result = {"key": key, "id": plant.id, "seed": seed, **result}
        self.known[key] = result
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(result, ensure_ascii=False) + "\n")


def lives(path):
    """Why plants may live, by id: an id and a sentence on a line, with a tab between them."""
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 2 or not all(columns):
            raise planting.BadInput(f"{path.name}:{number}: not an id, a tab and a sentence")
        if columns[0] in found:
            raise planting.BadInput(f"{path.name}:{number}: {columns[0]} is there twice")
        found[columns[0]] = columns[1]
    return found
