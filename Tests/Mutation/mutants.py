"""The mutants of the core: made by universalmutator, named so that they last."""

import dataclasses
import hashlib
import pathlib
import random
import re
import shutil
import subprocess
import sys

UNIVERSALMUTATOR = "universalmutator==1.14.1"

# All mutants of these are run: the kernel, the allocator, the pool and the sharer.
IN_FULL = (
    "BlockKernel.swift",
    "BlockOrder.swift",
    "KernelLevel.swift",
    "BuddyAllocator.swift",
    "BuddyAllocator+Adding.swift",
    "BuddyAllocator+Blocks.swift",
    "SharedPool.swift",
    "MemorySharer.swift",
    "RegionStack.swift",
)

# Only checks call this: what it gets wrong is no fault of the core.
LEFT_OUT = ("BuddyAllocator+Testing.swift",)


@dataclasses.dataclass(frozen=True)
class Mutant:
    id: str
    file: str  # relative to the core
    line: int
    original: str
    mutated: str
    text: pathlib.Path  # the whole mutated file

    @property
    def place(self):
        return f"{self.file}:{self.line}"

    @property
    def change(self):
        """What it changes, in one line without tabs."""
        return f"{_one_line(self.original)} → {_one_line(self.mutated)}"


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def chosen(core, scratch, seed, sample):
    """The mutants to run, in their order: those of IN_FULL shuffled, then the sample of the rest."""
    shuffling = random.Random(seed)
    in_full, rest = [], []
    for path in sorted(core.rglob("*.swift")):
        name = str(path.relative_to(core))
        if name in LEFT_OUT:
            continue
        (in_full if name in IN_FULL else rest).extend(of_file(path, name, scratch))
    shuffling.shuffle(in_full)
    return in_full + shuffling.sample(rest, min(sample, len(rest)))


def of_file(path, name, scratch):
    """Every mutant of a file, without those that change comments or white space only."""
    original = path.read_text()
    folder = scratch / "mutants" / f"{path.stem}-{digest(original)}"
    if not folder.exists():
        _generate(path, folder, scratch)
    lines = original.splitlines()
    seen, occurrences, mutants = set(), {}, []
    for text in sorted(folder.iterdir(), key=_number):
        mutated = text.read_text()
        change = _difference(lines, mutated.splitlines())
        if change is None or mutated in seen:
            continue
        seen.add(mutated)
        line, before, after = change
        if _code(before) == _code(after):
            continue
        # The line's number is no part of the name, so that it survives edits elsewhere.
        what = (name, before.strip(), after.strip())
        occurrences.setdefault(what, []).append(line)
        mutants.append((what, line, before, after, text))
    return [
        Mutant(
            digest("\0".join([*what, str(sorted(set(occurrences[what])).index(line))]))[:12],
            name, line, before, after, text)
        for what, line, before, after, text in mutants
    ]


def _generate(path, folder, scratch):
    mutate = scratch / "venv" / "bin" / "mutate"
    if not mutate.exists():
        subprocess.run([sys.executable, "-m", "venv", scratch / "venv"], check=True)
        subprocess.run(
            [scratch / "venv" / "bin" / "pip", "--quiet", "install", UNIVERSALMUTATOR], check=True)
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    subprocess.run(
        [mutate, path, "swift", "--noCheck", "--mutantDir", unfinished],
        cwd=unfinished.parent, stdout=subprocess.DEVNULL, check=True)
    unfinished.rename(folder)


def _number(path):
    return int(re.search(r"\.(\d+)\.swift$", path.name)[1])


def _difference(before, after):
    """The first changed line, counted from 1, and both texts; None where nothing differs."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    if start == len(before) == len(after):
        return None
    end = 0
    while (end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]):
        end += 1
    if start + end == len(before) and start > 0:
        start -= 1  # A line was inserted: name the one above it.
    first, last = before[start:len(before) - end], after[start:len(after) - end]
    return start + 1, "\n".join(first), "\n".join(last)


def _code(text):
    """What the compiler sees of it, more or less: no comments, no white space."""
    text = re.sub(r"/\*.*?\*/", "", text)
    return re.sub(r"\s+", "", re.sub(r"//.*", "", text))


def _one_line(text):
    return " ⏎ ".join(part.strip() for part in text.strip().splitlines())
