# shellcheck shell=bash
# Answers `--help`, and refuses wrong usage, for every shell script of the repository: the comment at
# the head of a script is its help. Source it first, before a change of directory; Python scripts
# have usage.py for the same.

script=$(realpath "$0")
script_name=${script#"$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")"/}

# Ends with the help, and 0, where it is asked for.
help_if_asked() {
  local word
  for word; do
    case $word in
      -h | --help)
        awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$script"
        exit 0
        ;;
    esac
  done
}

# refuse WHAT: ends with one line, and 64.
refuse() {
  echo "$script_name: $1; see $script_name --help" >&2
  exit 64
}

# Refuses any argument at all.
takes_nothing() {
  [ $# = 0 ] || refuse "unknown argument: $1"
}

# layer_arguments ARGUMENT…: those of proofs/run and its layers, `[--mutants] [NAME…]`. Leaves `mutants`,
# empty or not, and `names`.
# shellcheck disable=SC2034 # For the script that sources this.
layer_arguments() {
  help_if_asked "$@"
  mutants='' names=()
  while [ $# -gt 0 ]; do
    case $1 in
      --mutants) mutants=--mutants ;;
      -*) refuse "unknown argument: $1" ;;
      *) names+=("$1") ;;
    esac
    shift
  done
}
