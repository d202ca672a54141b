"""Answers `--help`, and refuses wrong usage, for every Python script of the repository: the docstring
of a script is its help. Shell scripts have usage.sh for the same."""

import argparse
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WRONG_USAGE = 64


class Parser(argparse.ArgumentParser):
    """Prints the script's docstring for `--help`; wrong usage is one line, and exit code 64."""

    def __init__(self, text):
        script = pathlib.Path(sys.argv[0]).resolve()
        name = script.relative_to(ROOT).as_posix() if ROOT in script.parents else script.name
        super().__init__(prog=name, allow_abbrev=False)
        self.text = text

    def format_help(self):
        return self.text.strip() + "\n"

    def error(self, message):
        print(f"{self.prog}: {message}; see {self.prog} --help", file=sys.stderr)
        sys.exit(WRONG_USAGE)
