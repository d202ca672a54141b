"""Reads what sharecheck reports as JSON; the one place outside the tool that knows its fields.

    report.py length FILE         how many commands the program of a run's first finding has
    report.py findings FILE     the findings of a run, in a form that can be compared
    report.py museum FILE SEEDS   whether each row of the kill matrix is as it must be
    report.py thresholds FILE     whether what is wrong from a power of two on was found as it names

FILE may be `-`. Exits with 1 where a museum is not as it must be, or where a file has no such thing.
"""

import json
import statistics
import sys


def length(report):
    print(report["findings"][0]["commands"])


def findings(report):
    found = report["findings"]
    if not found:
        raise LookupError("no finding")
    print(found)


def museum(rows, seeds):
    """Prints what is not as it must be, and what was found late, which fails from ten seeds on."""
    bad = [row for row in rows
           if row["named"] not in row["killedBy"] or row.get("length") != row.get("minimum")]
    for row in bad:
        print("not as it must be:", row["exhibit"], "on", row["backend"], "seed", row["seed"],
              row["killedBy"], row.get("length"), row.get("minimum"))
    pairs = {}
    for row in rows:
        pairs.setdefault((row["exhibit"], row["backend"]), []).append(row["programs"])
    slow = {pair: at for pair, runs in pairs.items() if (at := statistics.median(runs)) > 100}
    for (exhibit, backend), at in slow.items():
        print(f"found late: {exhibit} on {backend}, median of {at} programs")
    proved = sum(row["isProved"] for row in rows)
    exhibits = {row["exhibit"] for row in rows}
    print(f"{len(exhibits)} exhibits, {len(pairs)} with their backends, {len(rows)} rows: "
          f"{len(bad)} not as they must be, {proved} with a proof that ended")
    if bad or len(rows) < 200 * seeds / 2 or (seeds >= 10 and slow):
        sys.exit(1)


def thresholds(rows):
    for row in rows:
        print(f"{row['exhibit']} on {row['backend']}: "
              f"{row['programs']} programs, shrunk to {row.get('length')} commands")
    bad = [row for row in rows if row["named"] not in row["killedBy"]]
    for row in bad:
        print("not as it must be:", row["exhibit"], "on", row["backend"], row["killedBy"])
    if bad or not rows:
        sys.exit(1)


def main():
    _, verb, path, *rest = sys.argv
    with sys.stdin if path == "-" else open(path) as file:
        content = json.load(file)
    {"length": length, "findings": findings, "museum": museum,
     "thresholds": thresholds}[verb](content, *map(int, rest))


try:
    main()
except (LookupError, ValueError, OSError) as error:
    print(f"report: {error!r}", file=sys.stderr)
    sys.exit(1)
