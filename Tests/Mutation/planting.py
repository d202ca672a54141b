"""The plants: reads them, finds their places in the sources, and writes sources that hold many of them at once.

A plant replaces some text of the sources by a bad one. A build holds both, and chooses by a switch, so that one build
serves many plants.
"""

import dataclasses
import hashlib
import pathlib
import re

# In a bad text of the form `text`: whether the plant is on.
SWITCH = "PLANTED"
# The source that the bench adds to each module. Everything that clients inline can call it.
SWITCH_FILE = "Plant.swift"
VARIABLE = "SHARECHECK_PLANT"
SWITCH_SOURCE = f"""\
// Which of the planted bugs is on; 0 is none. Tests/Mutation/planting.py wrote this file.

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@usableFromInline
let plantedBug: Int = {{
  guard let text = getenv("{VARIABLE}") else {{ return 0 }}
  return Int(atoi(text))
}}()

@inlinable
@inline(__always)
func planted(_ number: Int) -> Bool {{ plantedBug == number }}
"""


class BadInput(Exception):
    """A file of plants that cannot be used, a line for each thing that is wrong with it."""


@dataclasses.dataclass(frozen=True)
class Edit:
    """One text of the sources, and the bad one in its place."""

    # Where it is written down, as FILE:LINE.
    place: str
    # A file of the sources.
    file: str
    # `expression`, `statement` or `text`.
    form: str
    times: int
    old: str
    bad: str


@dataclasses.dataclass(frozen=True)
class Plant:
    id: str
    kind: str
    sentence: str
    # None: the sources themselves do it, by contract, and there is nothing to plant.
    edits: tuple

    @property
    def digest(self):
        return digest(repr([dataclasses.replace(edit, place="") for edit in self.edits]))


def digest(*texts):
    result = hashlib.sha256()
    for text in texts:
        result.update(text.encode() + b"\0")
    return result.hexdigest()[:16]


# Reading.


def read(folder):
    """All plants, by file and in the order in which they are written down."""
    plants = []
    for path in sorted(folder.glob("*.plant")):
        plants += _read_file(path)
    seen = {}
    for plant in plants:
        if plant.id in seen:
            raise BadInput(f"{plant.kind}.plant: {plant.id} is in {seen[plant.id]}.plant, too")
        seen[plant.id] = plant.kind
    if not plants:
        raise BadInput(f"there is no plant in {folder.name}")
    return plants


def _read_file(path):
    lines = [
        (f"{path.name}:{number}", line)
        for number, line in enumerate(path.read_text().splitlines(), 1)]
    if not lines or not lines[0][1].endswith("."):
        raise BadInput(f"{path.name}:1: not a sentence that says what kind of bug this is")
    sections = []
    for place, line in lines[1:]:
        if line.startswith("== "):
            sections.append([(place, line[3:])])
        elif line and not sections:
            raise BadInput(f"{place}: not a plant, which begins with ==")
        elif line:
            sections[-1].append((place, line))
    return [_plant(path.stem, section) for section in sections]


def _plant(kind, section):
    (place, name), *rest = section
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise BadInput(f"{place}: an id is words of a-z and 0-9, with - between them: {name}")
    if not rest or not rest[0][1].endswith("."):
        raise BadInput(f"{place}: {name} has no sentence")
    sentence, rest = rest[0][1], rest[1:]
    if [line for _, line in rest] == ["contract"]:
        return Plant(name, kind, sentence, ())
    edits = []
    while rest:
        place, head = rest[0]
        found = re.fullmatch(r"@ (\S+\.swift) (expression|statement|text)(?:, (\d+) times)?", head)
        if not found:
            raise BadInput(f"{place}: not \"@ FILE FORM\" or \"@ FILE FORM, N times\": {head}")
        rest = rest[1:]
        old, rest = _marked("-", rest)
        bad, rest = _marked("+", rest)
        edit = Edit(place, found[1], found[2], int(found[3] or 1), old, bad)
        if not old.strip() or bad is None:
            raise BadInput(f"{place}: wants lines with - and then lines with +")
        if edit.form == "text" and SWITCH not in bad:
            raise BadInput(f"{place}: a bad text asks for {SWITCH}")
        if edit.form == "expression" and not bad.strip():
            raise BadInput(f"{place}: a bad expression is not empty")
        edits.append(edit)
    if not edits:
        raise BadInput(f"{place}: {name} has neither a place nor the word contract")
    return Plant(name, kind, sentence, tuple(edits))


def _marked(mark, lines):
    """The text of the lines with a mark, and the lines after them; no text where there are none."""
    text = []
    while lines and (lines[0][1] == mark or lines[0][1].startswith(mark + " ")):
        text.append(lines[0][1][2:])
        lines = lines[1:]
    return ("\n".join(text) if text else "" if mark == "-" else None), lines


# Finding.


def pattern(old):
    """Matches a text whatever blanks and line ends are in it."""
    tokens = re.findall(r"\w+|[^\w\s]", old)
    parts = [re.escape(tokens[0])]
    for before, token in zip(tokens, tokens[1:]):
        parts.append(r"\s+" if before[-1].isalnum() and token[0].isalnum() else r"\s*")
        parts.append(re.escape(token))
    start = r"(?<!\w)" if tokens[0][0].isalnum() else ""
    end = r"(?!\w)" if tokens[-1][-1].isalnum() else ""
    return re.compile(start + "".join(parts) + end)


class Sources:
    """The sources of some modules, and where in them each plant belongs."""

    def __init__(self, top, plants, modules=(".",)):
        """The modules are folders below the top one, in which files are named."""
        self.top = top
        self.modules = modules
        self.texts = {
            str(path.relative_to(top)): path.read_text()
            for module in modules for path in sorted((top / module).rglob("*.swift"))}
        for file in self._switches:
            if file in self.texts:
                raise BadInput(f"there is a {file} already")
        self.places, wrong = {}, []
        for plant in plants:
            try:
                self.places[plant.id] = self._places_of(plant)
            except BadInput as error:
                wrong.append(str(error))
        if wrong:
            raise BadInput("\n".join(wrong))

    @property
    def _switches(self):
        return [str(pathlib.PurePath(module) / SWITCH_FILE) for module in self.modules]

    def _places_of(self, plant):
        """The places of a plant: file, start, end, edit."""
        places = []
        for edit in plant.edits:
            if edit.file not in self.texts:
                raise BadInput(f"{edit.place}: {plant.id}: there is no file {edit.file}")
            found = list(pattern(edit.old).finditer(self.texts[edit.file]))
            if len(found) != edit.times:
                raise BadInput(
                    f"{edit.place}: {plant.id}: its old text is {len(found)} times in {edit.file},"
                    f" and not {edit.times} times")
            places += [(edit.file, match.start(), match.end(), edit) for match in found]
        for index, place in enumerate(places):
            if any(_overlap(place, other) for other in places[:index]):
                raise BadInput(f"{place[3].place}: {plant.id}: its old texts overlap")
        return places

    def groups(self, plants):
        """Plants that fit into one build, greedily: their places are apart, or the same."""
        groups = []
        for plant in plants:
            if not plant.edits:
                continue
            for group in groups:
                if all(self._fit(plant, other) for other in group):
                    group.append(plant)
                    break
            else:
                groups.append([plant])
        return groups

    def _fit(self, plant, other):
        return all(
            not _overlap(mine, its) or _share(mine, its)
            for mine in self.places[plant.id] for its in self.places[other.id])

    def planted(self, group):
        """The sources with all plants of a group, numbered from 1; by file."""
        spans = {}
        for number, plant in enumerate(group, 1):
            for file, start, end, edit in self.places[plant.id]:
                spans.setdefault((file, start, end), []).append((number, edit))
        texts = dict(self.texts)
        for (file, start, end), choices in sorted(spans.items(), reverse=True):
            text = texts[file]
            texts[file] = text[:start] + _choice(text[start:end], choices) + text[end:]
        texts.update((file, SWITCH_SOURCE) for file in self._switches)
        return texts


def _overlap(one, other):
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _share(one, other):
    """Whether two plants can choose in the same place."""
    return one[:3] == other[:3] and one[3].form == other[3].form != "text"


def _choice(old, choices):
    """Swift that chooses between the old text and the bad ones."""
    form = choices[0][1].form
    if form == "text":
        (number, edit), = choices
        return re.sub(rf"\b{SWITCH}\b", f"planted({number})", edit.bad)
    if form == "expression":
        bad = "".join(f"planted({number}) ? ({edit.bad}) : " for number, edit in choices)
        return f"({bad}({old}))"
    bad = "".join(f"if planted({number}) {{\n{edit.bad}\n}} else " for number, edit in choices)
    return f"{bad}{{\n{old}\n}}"
