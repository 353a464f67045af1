#!/usr/bin/env bash
# Feeds the readers of foreign files with what libFuzzer makes up, under the address and undefined
# behaviour sanitizers. A line for each target: how many inputs, how many findings. Exit code 1 if
# there is a finding; its input is in build/fuzz/findings.
#
# usage: scripts/fuzz.sh [SECONDS] [TARGET...]     e.g. scripts/fuzz.sh 600 idx npz
#   SECONDS: for each target (default 60); 0: only the inputs of tests/fuzz/corpus
#   TARGET:  a file of tests/fuzz without .cpp (default: all)
#   FUZZ_JOBS: so many targets at a time (default: one for each core)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
  echo "fuzz: $*" >&2
  exit 2
}

jobs=${FUZZ_JOBS:-$(nproc)}
seconds=60
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  seconds=$1
  shift
fi
targets=("$@")
if ((${#targets[@]} == 0)); then
  for source in tests/fuzz/*.cpp; do
    targets+=("$(basename "$source" .cpp)")
  done
fi
for target in "${targets[@]}"; do
  [[ -f tests/fuzz/$target.cpp ]] || fail "$target: no such target; see tests/fuzz"
done

command -v clang++ >/dev/null || fail "no clang++; run scripts/setup.sh --fuzz"
probe=$(mktemp)
trap 'rm -f "$probe"' EXIT
echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
  clang++ -x c++ -fsanitize=fuzzer,address -o "$probe" - 2>/dev/null ||
  fail "$(clang++ --version | head -n 1) has no libFuzzer; run scripts/setup.sh --fuzz"

cmake --preset fuzz --log-level=WARNING >/dev/null
cmake --build --preset fuzz

build=build/fuzz
mkdir -p $build/findings
# Without the leaks of LibTorch's own start, which no input causes.
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0

# One target, to its line of numbers; false if something was found.
fuzz() {
  local target=$1 corpus=$build/corpus/$1 log=$build/findings/$1.log failed=0 inputs
  local limits=("-max_total_time=$seconds")
  ((seconds == 0)) && limits=(-runs=0)
  mkdir -p "$corpus"
  "$build/targets/fuzz_$target" "${limits[@]}" -timeout=20 -rss_limit_mb=4096 -malloc_limit_mb=2048 \
    -max_len=16384 -print_final_stats=1 "-artifact_prefix=$build/findings/$target-" \
    "$corpus" "tests/fuzz/corpus/$target" >"$log" 2>&1 || failed=1
  inputs=$(grep -oP 'stat::number_of_executed_units: +\K[0-9]+' "$log" || echo 0)
  echo "$target: $inputs inputs, $failed findings"
  if ((failed)); then
    grep -m 1 -E '^(==[0-9]+==ERROR|SUMMARY)|runtime error' "$log" || tail -n 3 "$log"
    grep -m 1 'Test unit written to' "$log" || true
  fi
  return $failed
}

status=0 running=0
for target in "${targets[@]}"; do
  [[ -x $build/targets/fuzz_$target ]] || continue # image, in a build without codecs
  if ((running == jobs)); then
    wait -n || status=1
    running=$((running - 1))
  fi
  fuzz "$target" &
  running=$((running + 1))
done
while ((running > 0)); do
  wait -n || status=1
  running=$((running - 1))
done
exit $status
