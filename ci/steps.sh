# shellcheck shell=bash
# For the scripts beside it: runs steps, says how long each took, and counts them.

passed=0
failed=0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tool=.build/release/sharecheck

# step NAME COMMAND…
step() {
  local name=$1 start=$SECONDS
  shift
  echo "--- $name"
  if "$@"; then
    passed=$((passed + 1))
    echo "--- $name: passed in $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    echo "--- $name: FAILED in $((SECONDS - start)) s"
  fi
}

# The last line, and whether no step failed.
count_steps() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}

# museum SEEDS BUDGET: every row of the kill matrix is as it must be; proofs that take more programs
# than the budget are left open.
museum() {
  $tool museum --seeds "$1" --budget "$2" --format json >"$scratch/museum.json"
  python3 - "$scratch/museum.json" "$1" <<'PYTHON'
import json, statistics, sys
rows = json.load(open(sys.argv[1]))
seeds = int(sys.argv[2])
bad = [r for r in rows if r["named"] not in r["killedBy"] or r.get("length") != r.get("minimum")]
for r in bad:
    print("not as it must be:", r["exhibit"], "on", r["backend"], "seed", r["seed"], r["killedBy"],
          r.get("length"), r.get("minimum"))
pairs = {}
for r in rows:
    pairs.setdefault((r["exhibit"], r["backend"]), []).append(r["programs"])
slow = {pair: at for pair, runs in pairs.items() if (at := statistics.median(runs)) > 100}
for (exhibit, backend), at in slow.items():
    print(f"found late: {exhibit} on {backend}, median of {at} programs")
proved = sum(r["isProved"] for r in rows)
print(f"{len({r['exhibit'] for r in rows})} exhibits, {len(pairs)} with their backends, {len(rows)} rows: "
      f"{len(bad)} not as they must be, {proved} with a proof that ended")
sys.exit(bool(bad) or len(rows) < 200 * seeds / 2 or (seeds >= 10 and bool(slow)))
PYTHON
}
