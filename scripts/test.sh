#!/usr/bin/env bash
# Sets up, builds and tests; the last line says how many tests passed, failed and were skipped.
#
# usage: scripts/test.sh [PRESET] [ctest options]     e.g. scripts/test.sh asan -L unit
#        scripts/test.sh [PRESET] --processors [all|extremes]
#   PRESET: release (default, or $LATENT_PRESET), strict, no-codecs, dev, asan
#   --processors: the unit suite alone, as on other processors: one thing changed at a time, of
#     LibTorch's and oneDNN's instruction sets, our kernels and the number of threads, then all at
#     their lowest; a line each, two runs each. extremes: once as found and once at the lowest. The
#     last line counts these instead of tests.
#   LATENT_DATA: a folder with real data sets; tests that need it are skipped without
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ ${1:-} == @(-h|--help) ]]; then
  sed -n '2,/^set /{ /^set /!s/^# \{0,1\}//p }' "$0"
  exit 0
fi
preset=${LATENT_PRESET:-release}
if [[ $# -gt 0 && $1 != -* ]]; then
  preset=$1
  shift
fi
processors=
if [[ ${1:-} == --processors ]]; then
  processors=${2:-all}
  shift $(($# < 2 ? $# : 2))
  [[ $processors == @(all|extremes) && $# -eq 0 ]] || {
    echo "test: --processors ${processors}${1:+ $*}: expected all or extremes, and nothing after it" >&2
    exit 2
  }
fi

if [[ -z ${LATENT_DATA:-} ]]; then
  if [[ ${CI:-} == true ]]; then
    echo "test: LATENT_DATA is not set; CI must not skip the tests on real data" >&2
    exit 1
  fi
  echo "test: LATENT_DATA is not set: tests on real data are skipped"
elif [[ ! -d $LATENT_DATA ]]; then
  echo "test: LATENT_DATA=$LATENT_DATA: no such folder" >&2
  exit 1
else
  # Tests run in folders of their own.
  LATENT_DATA=$(cd "$LATENT_DATA" && pwd)
  export LATENT_DATA
fi

scripts/setup.sh
cmake --preset "$preset" --log-level=WARNING
cmake --build --preset "$preset"

# The names of the tests that failed, as a GoogleTest log says them.
failing() {
  sed -nE 's/^\[  FAILED  \] (\S+) \([0-9]+ ms\)$/\1/p' "$1" | sort -u | tr '\n' ' '
}

# as_on NAME VARIABLE=VALUE...: runs the unit suite so, counts it, and prints a line.
as_on() {
  local name=$1 times="" result="" before tenths status log=$logs/${1//[^A-Za-z0-9]/-}.txt
  shift
  : >"$log"
  for ((i = 0; i < runs; ++i)); do
    before=${EPOCHREALTIME/[.,]/} status=0
    # Threads that wait must not spin: there may be more than cores.
    env "$@" OMP_WAIT_POLICY=passive timeout 600 "build/$preset/latent_unit_tests" --gtest_brief=1 >>"$log" 2>&1 || status=$?
    tenths=$(((${EPOCHREALTIME/[.,]/} - before) / 100000))
    times+=$(printf '%6d.%d s' $((tenths / 10)) $((tenths % 10)))
    ((status == 0)) || result="exit code $status $(failing "$log")(see $log)"
  done
  if [[ -z $result ]]; then
    passed+=1
    result="$(sed -nE 's/^\[  PASSED  \] ([0-9]+) tests?\.$/\1/p' "$log" | tail -n 1) passed"
  else
    failed+=1
  fi
  printf '%-32s%s  %s\n' "$name" "$times" "$result"
}

if [[ -n $processors ]]; then
  declare -i passed=0 failed=0 runs=1
  logs=build/$preset/processors
  mkdir -p "$logs"
  lowest=(ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41 LATENT_KERNELS=off OMP_NUM_THREADS=1)
  as_found=(-u ATEN_CPU_CAPABILITY -u ONEDNN_MAX_CPU_ISA -u LATENT_KERNELS -u OMP_NUM_THREADS)
  [[ $processors == extremes ]] || runs=2
  as_on "as found" "${as_found[@]}"
  if [[ $processors == all ]]; then
    for change in ATEN_CPU_CAPABILITY={default,avx2} ONEDNN_MAX_CPU_ISA={SSE41,AVX2,AVX512_CORE} \
      LATENT_KERNELS={narrow,off} OMP_NUM_THREADS={1,3,4}; do
      as_on "$change" "${as_found[@]}" "$change"
    done
  fi
  as_on "all at their lowest" "${lowest[@]}"
  echo "$passed passed, $failed failed, 0 skipped"
  exit $((failed > 0))
fi

report=$PWD/build/$preset/tests.xml
rm -f "$report"
status=0 before=$SECONDS
ctest --preset "$preset" --parallel "$(nproc)" --output-junit "$report" "$@" || status=$?

[[ -s $report ]] || exit 1
echo "the tests took $(((SECONDS - before) / 60)) min $(((SECONDS - before) % 60)) s"
count() {
  grep -oP -m 1 "^\s+$1=\"\K[0-9]+" "$report"
}
total=$(count tests) failed=$(count failures) skipped=$(($(count skipped) + $(count disabled)))
echo "$((total - failed - skipped)) passed, $failed failed, $skipped skipped"
exit "$status"
