#!/bin/sh
# The long figures, each a step with a name: what CI has no time for, and what must be measured.
#
#     tests/prove.sh BUILD_FOLDER [STEP...]
#
# Runs the named steps, or all. The output of each is kept in BUILD_FOLDER/prove/STEP.log; its last
# lines are shown when it fails, otherwise its figures. Ends with a summary, and with 1 if any step
# failed. A failing seed or cut is printed with what repeats it.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
build=$(CDPATH='' cd -- "${1:?usage: prove.sh BUILD_FOLDER [STEP...]}" && pwd)
shift

# To add a step: its name here, and a function of the same name with _ for -.
readonly steps="includes vectors model conversation planted-defects simulation device-seeds \
fuzz-devices malicious-relay power-cuts relay-kills attack consumers load constant-time \
crypto-bench commands-bench"
readonly messages=1000  # each way
readonly restarts=24    # of the relay, half of them by kill -9
readonly simulation_seeds="${BISIK_PROVE_SEEDS:-10000}"  # fewer to try this script
readonly device_actions="${BISIK_PROVE_ACTIONS:-1000000}"
readonly power_cut_images="${BISIK_PROVE_IMAGES:-5000000}"  # an hour, on two cores
readonly relay_kills="${BISIK_PROVE_KILLS:-2000}"
readonly consumer_kills="${BISIK_PROVE_CONSUMER_KILLS:-200}"
readonly load_seconds="${BISIK_PROVE_LOAD_SECONDS:-60}"
readonly model_handshakes="${BISIK_PROVE_HANDSHAKES:-10000}"
readonly model_histories="${BISIK_PROVE_HISTORIES:-100000}"
readonly model_linkings=10000
readonly model_backups=10000

# The programs of this build, for the steps that run them.
export BISIK="$build/client/bisik" BISIK_RELAY="$build/server/bisik-relay"
export PYTHONDONTWRITEBYTECODE=1

# Each source by itself: what the other presets read together may lack an include.
includes() {
  cmake -S "$here/.." --preset clang -B "$build/includes" -DCMAKE_CXX_FLAGS_RELEASE=-O0 &&
    cmake --build "$build/includes" --parallel "$(nproc)"
}

# BISIK_VECTORS names another folder of published vectors than the build knows.
vectors() { "$build/tests/crypto/bisik_crypto_tests" && "$build/tests/proto/bisik_proto_tests"; }

# compare_with_model WHAT COUNT: the Python model computes every byte of as many random transcripts
# again. Split over the cores, as a comparison has one thread. Leaves the sum in $figure.
compare_with_model() {
  shards=$(nproc)
  each=$((($2 + shards - 1) / shards))
  running="" outputs=""
  for shard in $(seq 0 $((shards - 1))); do
    outputs="$outputs $build/prove/model-$1.$shard"
    /usr/bin/python3 "$here/model/agreement.py" "$build/tests/model/bisik_model_transcripts" \
      "$1" "$each" $((1 + shard * each)) >"$build/prove/model-$1.$shard" 2>&1 &
    running="$running $!"
  done
  all_good=0
  for one in $running; do wait "$one" || all_good=1; done
  # shellcheck disable=SC2086  # a list of words
  cat $outputs
  # shellcheck disable=SC2086
  figure=$(awk -v what="$1" -v wanted="$2" '/ agree: / {agreed += $1; of += $4}
    END {print agreed + 0 " " what " of " of + 0 " agree"; exit agreed < wanted}' $outputs) &&
    return $all_good
}

model() {
  compare_with_model handshakes "$model_handshakes" && handshakes=$figure &&
    compare_with_model histories "$model_histories" && histories=$figure &&
    compare_with_model linkings "$model_linkings" && linkings=$figure &&
    compare_with_model backups "$model_backups" &&
    echo "$handshakes, $histories, $linkings, $figure"
}

conversation() {
  python3 "$here/e2e/conversation.py" --messages "$messages" --restarts "$restarts"
}

planted_defects() {
  "$build/tests/simulation/bisik_simulation_tests" --gtest_filter='*PlantedDefect*'
}

# seeds_of STEP FILTER: the seeds are split over the cores, as each run of the simulation has one
# thread. Leaves what the runs have printed in $outputs; fails if one of them has.
seeds_of() {
  shards=$(nproc)
  each=$(((simulation_seeds + shards - 1) / shards))
  running="" outputs=""
  for shard in $(seq 0 $((shards - 1))); do
    outputs="$outputs $build/prove/$1.$shard"
    BISIK_SIM_FIRST=$((1 + shard * each)) BISIK_SIM_SEEDS=$each \
      BISIK_MALICE_SEEDS=$each BISIK_DEVICE_SEEDS=$each \
      "$build/tests/simulation/bisik_simulation_tests" --gtest_filter="$2" \
      >"$build/prove/$1.$shard" 2>&1 &
    running="$running $!"
  done
  all_good=0
  for one in $running; do wait "$one" || all_good=1; done
  # shellcheck disable=SC2086  # a list of words
  cat $outputs
  return $all_good
}

# What the runs say they did is added up, so that a renamed test is no proof.
simulation() {
  all_good=0
  seeds_of simulation '*/Seeds.*' || all_good=1
  # shellcheck disable=SC2086  # a list of words
  awk -v wanted="$simulation_seeds" '/ seeds, / {seeds += $1; messages += $3; deaths += $5}
    END {print seeds + 0 " seeds, " messages + 0 " messages, " deaths + 0 " deaths in all"
         exit seeds < wanted}' $outputs && return $all_good
}

device_seeds() {
  all_good=0
  seeds_of device-seeds '*/DeviceSeeds.*' || all_good=1
  # shellcheck disable=SC2086  # a list of words
  awk -v wanted="$simulation_seeds" '/ seeds, / {
      seeds += $1; messages += $3; deaths += $5; restores += $7; links += $9; sealings += $11
    }
    END {print seeds + 0 " seeds, " messages + 0 " messages, " deaths + 0 " deaths, " restores + 0 \
           " restores, " links + 0 " links, " sealings + 0 " sealings in all"
         exit seeds < wanted}' $outputs && return $all_good
}

# The actions of the fuzzer (tests/fuzz/devices.cpp), by chance.
fuzz_devices() {
  export BISIK_ACTIONS=$((device_actions / $(nproc)))
  all_good=0
  seeds_of fuzz-devices '*/Actions.*' || all_good=1
  # shellcheck disable=SC2086  # a list of words
  awk -v wanted="$((BISIK_ACTIONS * $(nproc)))" '/ actions, / {
      actions += $1; messages += $3; restores += $5
    }
    END {print actions + 0 " actions, " messages + 0 " messages, " restores + 0 " restores in all"
         exit actions < wanted}' $outputs && return $all_good
}

malicious_relay() {
  all_good=0
  seeds_of malicious-relay '*/Malice.*' || all_good=1
  # shellcheck disable=SC2086  # a list of words
  awk -v wanted="$simulation_seeds" '/ seeds, / {
      seeds += $1; messages += $3; tricks += $5; refusals += $7; alarms += $9
    }
    END {print seeds + 0 " seeds, " messages + 0 " messages, " tricks + 0 " tricks played, " \
           refusals + 0 " refusals, " alarms + 0 " alarms in all"
         exit seeds < wanted}' $outputs && return $all_good
}

# The whole relay on a disk that loses power, with as many images as asked for, split over the cores
# as a trial has one thread; then both stores by themselves.
power_cuts() {
  shards=$(nproc)
  each=$(((power_cut_images / 20 + shards - 1) / shards))  # two trials, ten images of each cut
  running="" outputs=""
  for shard in $(seq 0 $((shards - 1))); do
    outputs="$outputs $build/prove/power-cuts.$shard"
    BISIK_POWER_CUTS=$each BISIK_POWER_CUT_SEED=$((1000 * (shard + 1))) \
      "$build/tests/server/bisik_server_tests" --gtest_filter='RelayPowerCutTest.*' \
      >"$build/prove/power-cuts.$shard" 2>&1 &
    running="$running $!"
  done
  all_good=0
  for one in $running; do wait "$one" || all_good=1; done
  # shellcheck disable=SC2086  # a list of words
  cat $outputs
  BISIK_POWER_CUTS=$((power_cut_images / 500)) "$build/tests/storage/bisik_storage_tests" \
    --gtest_filter='*PowerCutTest.*-*IsCaught' || all_good=1
  # Not those of the trial that has to lose something.
  # shellcheck disable=SC2086  # a list of words
  awk -v wanted="$power_cut_images" '/ cuts, .* images, 0 forgotten, 0 unreadable$/ {
      cuts += $1; images += $3
    }
    END {print cuts + 0 " cuts, " images + 0 " images, nothing lost"; exit images < wanted}
  ' $outputs && return $all_good
}

relay_kills() {
  trouble=$build/tests/server/trouble
  "$trouble/bisik_relay_trouble" sync "$BISIK_RELAY" 100 "$trouble/libbisik_failing_sync.so" &&
    "$trouble/bisik_relay_trouble" kill "$BISIK_RELAY" "$relay_kills"
}

# Of these two the last line is what was done, not that all was well.
consumers() {
  all_good=0
  (cd "$here/e2e" && BISIK_CONSUMER_KILLS=$consumer_kills python3 consumers.py) \
    >"$build/prove/consumers.out" 2>&1 || all_good=1
  cat "$build/prove/consumers.out"
  grep ' kills, ' "$build/prove/consumers.out" && return $all_good
}

load() {
  all_good=0
  (cd "$here/e2e" && BISIK_LOAD_SECONDS=$load_seconds BISIK_LOAD_KILLS=10 python3 load.py) \
    >"$build/prove/load.out" 2>&1 || all_good=1
  cat "$build/prove/load.out"
  grep ' daemons killed, ' "$build/prove/load.out" && return $all_good
}

# A line for each attack: what the relay's people waited for, the first and the last without one.
attack() {
  # As many files as connections, for the crowd and for the relay.
  ulimit -n "$(ulimit -Hn)"
  "$build/tests/server/trouble/bisik_relay_trouble" full-attack "$BISIK_RELAY"
}

constant_time() { "$here/crypto/constant_time.sh" "$build/constant-time"; }

crypto_bench() { "$build/tests/bench/bisik_crypto_bench"; }

commands_bench() { python3 "$here/bench/commands.py"; }

# figures STEP LOG: what is worth showing of a step that passed.
figures() {
  case $1 in
    *-bench | attack) cat "$2" ;;
    model | conversation | simulation | malicious-relay | device-seeds | fuzz-devices | \
      power-cuts | relay-kills | consumers | load)
      tail -n 1 "$2" ;;
    vectors) echo "$(grep -c '^\[ *OK \]' "$2") tests passed;" \
      "not checked for want of their file: $(grep -c 'NOT CHECKED' "$2")" ;;
  esac
}

run_step() {
  log=$build/prove/$1.log
  started=$(date +%s)
  if "$(echo "$1" | tr - _)" >"$log" 2>&1; then result=passed; else result=FAILED; fi
  printf '%-16s %s %6d s   %s\n' "$1" "$result" $(($(date +%s) - started)) "$log"
  if [ "$result" = passed ]; then figures "$1" "$log"; else tail -n 20 "$log"; fi | sed 's/^/    /'
  [ "$result" = passed ]
}

mkdir -p "$build/prove"
# shellcheck disable=SC2086  # a list of words
[ $# -gt 0 ] || set -- $steps
failed=0
for step in "$@"; do
  case " $steps " in
    *" $step "*) run_step "$step" || failed=$((failed + 1)) ;;
    *) echo "prove.sh: there is no step '$step'; there are: $steps" >&2 && exit 2 ;;
  esac
done
echo "prove: $(($# - failed)) steps passed, $failed failed"
[ "$failed" = 0 ]
