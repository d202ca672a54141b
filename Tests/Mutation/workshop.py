"""What the benches that plant share: copies with plants in them, results that outlive a run, lists of sentences."""

import json
import os
import pathlib
import signal

import planting

ROOT = pathlib.Path(__file__).resolve().parents[2]

# The runs that have not ended yet.
running = set()


class Failure(Exception):
    """What makes a run pointless, in one line."""


def end(process):
    """Ends a run with its workers, if it has not ended by itself."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


# Copies.


def write_copy(package, names, top, planted):
    """Copies what has changed of these files and folders; below the top folder, what is planted is there instead."""
    wanted = {}
    for path in copied_files(names):
        wanted[path.relative_to(ROOT)] = path.read_bytes()
    for name, text in planted.items():
        wanted[top.relative_to(ROOT) / name] = text.encode()
    for name in names:
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


def copied_files(names):
    for name in names:
        top = ROOT / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            hidden = any(part.startswith(".") for part in path.relative_to(ROOT).parts)
            if path.is_file() and not hidden and ROOT / "Tests" / "Mutation" not in path.parents:
                yield path


def first_error(log, package):
    text = log.read_text(errors="replace")
    lines = [line for line in text.splitlines() if "error:" in line] or text.splitlines()[-1:]
    return (lines[0] if lines else "no word").replace(f"{package}/", "")


# Books.


class Results:
    """One line of JSON a result, appended and flushed; the last one of a key counts.

    A result holds for one text of the sources, of the plant, and for what else is asked.
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

    def _key(self, plant, *asked):
        return self.sources, plant.id, plant.digest, *asked

    def of(self, plant, *asked):
        return self.known.get(self._key(plant, *asked))

    def add(self, plant, *asked, result):
        key = self._key(plant, *asked)
        result = {"key": key, "id": plant.id, **result}
        self.known[key] = result
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as file:
            file.write(json.dumps(result, ensure_ascii=False) + "\n")


def sentences(path, count=2):
    """What a list says of plants, by id: columns on a line with tabs between them, an id first and a sentence last."""
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != count or not all(columns):
            raise planting.BadInput(f"{path.name}:{number}: not {count} columns with tabs between them")
        if columns[0] in found:
            raise planting.BadInput(f"{path.name}:{number}: {columns[0]} is there twice")
        found[columns[0]] = columns[-1]
    return found


def print_table(head, rows):
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    for line in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
