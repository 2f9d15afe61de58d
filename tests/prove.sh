#!/bin/sh
# The long figures, each a step with a name: what CI has no time for, and what must be measured.
#
#     tests/prove.sh BUILD_FOLDER [STEP...]
#
# Runs the named steps, or all. The output of each is kept in BUILD_FOLDER/prove/STEP.log; its last
# lines are shown when it fails. Ends with a summary, and with 1 if any step failed.
set -eu

build=$(CDPATH='' cd -- "$1" && pwd)
shift

# Add a step: its name here, and a function of the same name with _ for -.
readonly steps="simulation power-cuts tests"

simulation() { BISIK_SIM_SEEDS=10000 only simulation; }

power_cuts() { BISIK_POWER_CUTS=10000 only storage; }

tests() { ctest --test-dir "$build" --output-on-failure --parallel "$(nproc)"; }

# The tests of one folder below tests/. Naming one that has none is an error.
only() { ctest --test-dir "$build/tests/$1" --output-on-failure --no-tests=error; }

run_step() {
  log=$build/prove/$1.log
  started=$(date +%s)
  if "$(echo "$1" | tr - _)" >"$log" 2>&1; then result=passed; else result=FAILED; fi
  printf '%-20s %s  %5d s  %s\n' "$1" "$result" $(($(date +%s) - started)) "$log"
  [ "$result" = passed ] || tail -n 20 "$log" | sed 's/^/    /'
  [ "$result" = passed ]
}

mkdir -p "$build/prove"
failed=0
# shellcheck disable=SC2086  # a list of words
[ $# -gt 0 ] || set -- $steps
for step in "$@"; do
  case " $steps " in
    *" $step "*) run_step "$step" || failed=$((failed + 1)) ;;
    *) echo "prove.sh: there is no step '$step'; there are: $steps" >&2 && exit 2 ;;
  esac
done
echo "prove: $failed failed"
[ "$failed" = 0 ]
