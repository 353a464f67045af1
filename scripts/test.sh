#!/usr/bin/env bash
# Sets up, builds and tests; the last line says how many tests passed, failed and were skipped.
#
# usage: scripts/test.sh [PRESET] [ctest options]     e.g. scripts/test.sh asan -L unit
#   PRESET: release (default, or $LATENT_PRESET), strict, no-codecs, dev, asan
#   LATENT_DATA: a folder with real data sets; tests that need it are skipped without
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${LATENT_PRESET:-release}
if [[ $# -gt 0 && $1 != -* ]]; then
  preset=$1
  shift
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

report=$PWD/build/$preset/tests.xml
rm -f "$report"
status=0
ctest --preset "$preset" --parallel "$(nproc)" --output-junit "$report" "$@" || status=$?

[[ -s $report ]] || exit 1
count() {
  grep -oP -m 1 "^\s+$1=\"\K[0-9]+" "$report"
}
total=$(count tests) failed=$(count failures) skipped=$(($(count skipped) + $(count disabled)))
echo "$((total - failed - skipped)) passed, $failed failed, $skipped skipped"
exit "$status"
