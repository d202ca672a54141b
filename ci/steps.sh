# shellcheck shell=bash
# Runs steps, says how long each took, and counts them: for the scripts beside it, which source usage.sh
# first.

passed=0
failed=0
# Where it is set, only steps whose name it matches run; `listing` runs none and prints their names.
only=''
listing=''
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tool=.build/release/sharecheck

# choose_steps ARGUMENT…: those of a script of steps, `[--list] [--only PATTERN]`.
choose_steps() {
  help_if_asked "$@"
  while [ $# -gt 0 ]; do
    case $1 in
      --list) listing=yes ;;
      --only)
        [ -n "${2:-}" ] || refuse "--only wants a pattern"
        only=$2
        shift
        ;;
      *) refuse "unknown argument: $1" ;;
    esac
    shift
  done
}

# step NAME COMMAND…
step() {
  local name=$1 start=$SECONDS
  shift
  [[ $name =~ $only ]] || return 0
  [ -z "$listing" ] || { echo "$name"; return 0; }
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
  [ -z "$listing" ] || return 0
  [ -z "$only" ] || [ $((passed + failed)) -gt 0 ] || refuse "no step matches $only"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}

# The core and the engine import nothing.
import_nothing() {
  ! grep -rnE '^ *(@.* )?import ' Sources/MemorySharing Sources/PropertyTesting
}

# museum SEEDS BUDGET: every row of the kill matrix is as it must be; proofs that take more programs
# than the budget are left open.
museum() {
  $tool museum --seeds "$1" --budget "$2" --format json >"$scratch/museum.json"
  python3 ci/report.py museum "$scratch/museum.json" "$1"
}

# thresholds BACKEND SEEDS: what is wrong from a power of two on is found, as it names.
thresholds() {
  $tool museum --thresholds --backend "$1" --seeds "$2" --budget 1000 --format json >"$scratch/thresholds.json"
  python3 ci/report.py thresholds "$scratch/thresholds.json"
}
