"""The bench: compiles one file of the core, links it under the built checks, and runs them.

The package is built once, from a copy whose core is not inlinable, so that no client holds a copy
of its code. The core then becomes a shared library that every runner loads, and a mutant costs one
object file and one small link.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPIED = (
    "Package.swift", "Plugins", "Sources", "Tests", "Fuzz", "corpora", "proofs/traces", "docs", "README.md")
CORE = pathlib.Path("Sources/MemorySharing")
GIGABYTE = 1 << 30
# Tests of the engine, of how well it searches, and of the house.
NOT_ABOUT_THE_CORE = "^PropertyTesting|^TidyTests|FeedbackTests"
# Needs a core that clients specialise: README.md says why.
NEEDS_INLINING = "HarnessTests/replay|HypercallTests"


class Failure(Exception):
    """What makes a run pointless, in one line."""


@dataclasses.dataclass(frozen=True)
class Stage:
    name: str
    arguments: tuple
    # Seconds of processor time that no process of the unmutated core comes near.
    limit: int
    # Whether only what survives all the others is worth it.
    is_deep: bool = False


@dataclasses.dataclass(frozen=True)
class Ran:
    code: int
    output: str
    out_of_time: bool


class Bench:
    def __init__(self, scratch):
        self.scratch = scratch
        self.package = scratch / "package"
        self.bin = scratch / "bin"
        corpora = [*self._corpus("lockstep/*"), *self._corpus("regressions/*.txt")]
        tests = ("tests", "--testing-library", "swift-testing")
        self.stages = (
            Stage("unit tests", (*tests, "--filter", "^MemorySharingTests"), 10),
            Stage("corpora", ("sharecheck", "replay", *corpora), 20),
            Stage("300 programs", ("sharecheck", "run", "--programs", "300", "--seed", "1"), 30),
            Stage(
                "5000 programs", ("sharecheck", "run", "--programs", "5000", "--seed", "1000"),
                200, is_deep=True),
            Stage(
                "all tests", (*tests, "--skip", f"{NOT_ABOUT_THE_CORE}|{NEEDS_INLINING}"),
                600, is_deep=True),
        )
        target = json.loads(self._output("swiftc", "-print-target-info"))
        self.triple = target["target"]["triple"]
        runtime = pathlib.Path(target["paths"]["runtimeLibraryPaths"][0])
        self.runtime = (runtime, runtime / target["target"]["arch"] / "swiftrt.o")
        self.claims = {}
        self.claiming = threading.Lock()

    # Building the checks, once.

    def prepare(self):
        """Builds the checks and the unmutated core."""
        self._copy()
        print("building the checks …", flush=True)
        build = subprocess.run(
            ["swift", "build", "--build-tests", "-Xswiftc", "-O"],
            cwd=self.package, capture_output=True, text=True)
        if build.returncode != 0:
            raise Failure(f"the checks do not build: {_last_line(build.stdout + build.stderr)}")
        self.built = self.package / ".build" / "debug"
        self.sources = sorted((self.package / CORE).rglob("*.swift"))
        self._link_runners()
        self._compile_core()

    def _copy(self):
        """Copies what has changed, and makes the core's copy not inlinable."""
        wanted = {}
        for name in COPIED:
            top = ROOT / name
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                if path.is_file() and ROOT / "Tests" / "Mutation" not in path.parents:
                    wanted[path.relative_to(ROOT)] = path.read_bytes()
        for path in list(wanted):
            if CORE in path.parents and path.suffix == ".swift":
                wanted[path] = not_inlinable(wanted[path].decode()).encode()
        for name in COPIED[1:]:
            for path in (self.package / name).rglob("*"):
                if path.is_file() and path.relative_to(self.package) not in wanted:
                    path.unlink()
        for path, content in wanted.items():
            copy = self.package / path
            if not copy.exists() or copy.read_bytes() != content:
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(content)
        # SwiftPM may miss a file that came or went.
        (self.package / "Package.swift").touch()

    def _link_runners(self):
        """Links the runners against a shared core instead of the objects of the core."""
        base = self.scratch / "base"
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir(parents=True)
        self.bin.mkdir(exist_ok=True)
        self._link(base, list((self.built / "MemorySharing.build").glob("*.o")))
        for name, product, flags in (
            ("sharecheck", "sharecheck", [
                "--defsym", "main=sharecheck_main", "--export-dynamic-symbol=LLVMFuzzerRunDriver"]),
            ("tests", "sharecheckPackageTests", []),
        ):
            objects = (self.built / f"{product}.product" / "Objects.LinkFileList").read_text()
            listing = self.scratch / f"{name}.objects"
            listing.write_text("".join(
                line + "\n" for line in objects.splitlines() if "/MemorySharing.build/" not in line))
            flags = [part for flag in flags for part in ("-Xlinker", flag)]
            self._output(
                "swiftc", "-emit-executable", "-target", self.triple, "-o", self.bin / name,
                f"@{listing}", "-L", base, "-lMemorySharing", *flags)

    def _compile_core(self):
        """The unmutated core's objects, their digests, and what clients see of it."""
        base = self.scratch / "base"
        self.objects, self.digests = {}, {}
        for source in self.sources:
            name = str(source.relative_to(self.package / CORE))
            compiled = self._compile(source, base, source)
            if compiled.code != 0:
                raise Failure(f"the core's {name} does not compile by itself")
            self.objects[name] = base / f"{source.stem}.o"
            self.digests[name] = _digest(self.objects[name])
        self.interface = self._interface(base, None, None)
        self._link(base, list(self.objects.values()))
        self.base = base

    # Judging.

    def judge(self, mutant, worker, deep):
        """What becomes of a mutant: its verdict, and what killed it at which stage.

        The deep stages are run of a mutant that has survived the others, and only they.
        """
        start = time.monotonic()
        folder = self.scratch / "work" / str(worker)
        folder.mkdir(parents=True, exist_ok=True)
        result = self._judge(mutant, folder, deep)
        result["seconds"] = round(time.monotonic() - start, 2)
        return result

    def _judge(self, mutant, folder, deep):
        original = self.package / CORE / mutant.file
        source = folder / original.name
        source.write_text(not_inlinable(mutant.text.read_text()))
        if self._compile(source, folder, original).code != 0:
            return {"verdict": "not compiling"}
        compiled = folder / f"{source.stem}.o"
        code = _digest(compiled)
        if self._interface(folder, source, original) != self.interface:
            return {"verdict": "declaration"}
        if code == self.digests[mutant.file]:
            return {"verdict": "same code"}
        with self.claiming:
            first = self.claims.setdefault((mutant.file, code), mutant.id)
        if first != mutant.id:
            return {"verdict": "duplicate", "of": first}
        self._link_mutant(folder, mutant.file, compiled)
        stages = [stage for stage in self.stages if stage.is_deep == deep]
        return {**self.run_stages(folder, stages), "code": code}

    def plant(self, file, before, after):
        """Makes a mutant by hand, which must be killed."""
        original = self.package / CORE / file
        folder = self.scratch / "work" / "planted"
        folder.mkdir(parents=True, exist_ok=True)
        text = original.read_text()
        if text.count(before) != 1:
            raise Failure(f"{file} has no single place to plant a mutant in: {before}")
        source = folder / original.name
        source.write_text(text.replace(before, after))
        if self._compile(source, folder, original).code != 0:
            raise Failure(f"the mutant planted in {file} does not compile")
        self._link_mutant(folder, file, folder / f"{source.stem}.o")
        if self.run_stages(folder, self.stages[:3])["verdict"] != "killed":
            raise Failure(f"the mutant planted in {file} survives: do clients hold its code?")

    def run_stages(self, folder, stages):
        """Runs checks against the core in this folder, until one fails."""
        for stage in stages:
            ran = self._run(
                [self.bin / stage.arguments[0], *stage.arguments[1:]], stage.limit,
                {"LD_LIBRARY_PATH": str(folder), "SWIFT_BACKTRACE": "enable=no"})
            if ran.code != 0:
                return {"verdict": "killed", "stage": stage.name, "by": _killer(ran)}
        return {"verdict": "survived", "stage": stage.name}

    # Compiling.

    def _flags(self):
        return [
            "-module-name", "MemorySharing", "-package-name", "package", "-swift-version", "6",
            "-parse-as-library", "-enable-testing", "-O", "-target", self.triple,
            "-disable-objc-interop", "-suppress-warnings", "-D", "SWIFT_PACKAGE", "-D", "DEBUG",
            "-module-cache-path", self.built / "ModuleCache",
        ]

    def _others(self, original):
        return [path for path in self.sources if path != original]

    def _compile(self, source, folder, original):
        """One file, among the others unmutated."""
        return self._run([
            "swiftc", "-frontend", "-c", "-primary-file", source, *self._others(original),
            *self._flags(), "-o", folder / f"{source.stem}.o"], 60)

    def _interface(self, folder, source, original):
        """The digest of what the core's other files and its clients compile against."""
        sources = sorted(self._others(original) + ([source] if source else []), key=_file_name)
        module = folder / "MemorySharing.swiftmodule"
        emitted = self._run([
            "swiftc", "-frontend", "-emit-module", *sources, *self._flags(),
            "-experimental-skip-non-inlinable-function-bodies", "-o", module], 60)
        return _digest(module) if emitted.code == 0 else None

    def _link_mutant(self, folder, file, compiled):
        others = [path for name, path in self.objects.items() if name != file]
        self._link(folder, [*others, compiled])

    def _link(self, folder, objects):
        runtime, start = self.runtime
        self._output(
            "clang", "-fuse-ld=lld", "-shared", "-o", folder / "libMemorySharing.so", *objects,
            start, f"-L{runtime}", "-lswiftCore", f"-Wl,-rpath,{runtime}")

    # Running.

    def _output(self, *command):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"{command[0]} failed: {_last_line(done.stderr or done.stdout)}")
        return done.stdout

    def _run(self, command, limit, environment=None):
        """Runs a command, at most so many seconds of processor time a process, and ten times as
        long in all, since the machine may be busy."""
        def restrain():
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
            resource.setrlimit(resource.RLIMIT_AS, (8 * GIGABYTE, 8 * GIGABYTE))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        process = subprocess.Popen(
            [str(part) for part in command], cwd=self.package, preexec_fn=restrain,
            env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        try:
            output, _ = process.communicate(timeout=10 * limit)
            return Ran(process.returncode, output, process.returncode == -signal.SIGXCPU)
        except subprocess.TimeoutExpired:
            return Ran(1, "", True)
        finally:
            # Children of a runner that died go with it.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

    def _corpus(self, pattern):
        return [str(path.relative_to(ROOT)) for path in sorted((ROOT / "corpora").glob(pattern))]


def not_inlinable(source):
    """The source with as many lines, but nothing that a client may copy."""
    return re.sub(r"@inlinable\b", "", source)


def checks_digest():
    """A digest of everything but the core: what a survivor has survived."""
    digest = hashlib.sha256()
    for name in COPIED:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            inside = path.relative_to(ROOT)
            if path.is_file() and CORE not in inside.parents and "Mutation" not in inside.parts:
                digest.update(str(inside).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def _killer(ran):
    """What the runner says of the first thing that failed."""
    if ran.out_of_time:
        return "hang"
    text = re.sub(r"\x1b\[[0-9;]*m", "", ran.output)
    for pattern in (
        r"^violated: (\S+?),", r": violates (\S+)", r'Test (".*?"|\S+\(.*?\)) (?:with|recorded|failed)',
    ):
        if found := re.search(pattern, text, re.MULTILINE):
            return found[1].strip('"')
    if ran.code < 0:
        return f"signal {signal.Signals(-ran.code).name}"
    return _last_line(text)[:100]


def _digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()[:24]


def _file_name(path):
    return path.name


def _last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no output"
