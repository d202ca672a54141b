"""The books of a run: results, which survive it, and survivors that are explained."""

import json


class BadInput(Exception):
    """A file that cannot be read as what it should be, in one line."""


class Results:
    """One line of JSON a judged mutant, appended and flushed; the last line of a mutant counts.

    A result holds for one text of its file. A survivor is judged again when the checks are others.
    """

    def __init__(self, path, checks, fresh):
        self.path = path
        self.checks = checks
        self.of_id = {}
        if fresh:
            path.unlink(missing_ok=True)
        if path.exists():
            for line in path.read_text().splitlines():
                try:
                    result = json.loads(line)
                    self.of_id[result["id"]] = result
                except (ValueError, KeyError, TypeError):
                    continue  # The last line of a run that was killed.
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open("a")
        self.file.write("\n")

    def of(self, mutant, source):
        """The result that still holds for a mutant of a file with this digest, or None."""
        result = self.of_id.get(mutant.id)
        if result is None or result["source"] != source:
            return None
        if result["verdict"] == "survived" and result["checks"] != self.checks:
            return None
        return result

    def add(self, mutant, source, result):
        result = {
            "id": mutant.id, "place": mutant.place, "change": mutant.change, "source": source,
            "checks": self.checks, **result,
        }
        self.of_id[mutant.id] = result
        self.file.write(json.dumps(result, ensure_ascii=False) + "\n")
        self.file.flush()


def explanations(path):
    """Why survivors are equivalent, by id.

    A line has four columns, parted by tabs: id, place, change, and one sentence.
    """
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        columns = line.split("\t")
        if len(columns) != 4 or not all(columns):
            raise BadInput(f"{path.name}:{number}: not id, place, change and sentence between tabs")
        if columns[0] in found:
            raise BadInput(f"{path.name}:{number}: {columns[0]} is explained twice")
        found[columns[0]] = columns[3]
    return found
