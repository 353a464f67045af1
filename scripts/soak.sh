#!/usr/bin/env bash
# The long proofs of docs/RELIABILITY.md, on the release build; each ends with a line of numbers.
#
# usage: scripts/soak.sh PROOF [ARGUMENT]
#   kills [N] [SEED] [KIND]
#                      N times kill -9 at a random moment (default 1000); KIND: an objective
#                      of tests/cli/_kinds.py, or every
#   processes [N] [LOST]
#                      two processes that train together, one killed N times (default 100); LOST
#                      processes that are killed or stopped while others wait for them (default 50)
#   prior [N]          N times kill at a random moment of a prior's training (default 25)
#   faults [KIND]      every system call on a run's files fails once, in seven ways
#   full [STEPS]       a disk that fills up (default 64 amounts of free room)
#   damage             every cut and every flipped bit of files of each format
#   fuzz [SECONDS]     every fuzz target for so long (default 600)
#   sanitizers         all tests under the address and undefined behaviour sanitizers
#   all                one after the other
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() {
  sed -n 's/^# \{0,1\}//; 4,17p' "${BASH_SOURCE[0]}"
  exit 2
}

# Some need torch or NumPy: the Python beside LibTorch, if it is there.
python=${LATENT_PYTHON:-$(compgen -G "${LATENT_CACHE:-$HOME/.cache/latent}/torch-*/bin/python3" | head -n 1 || true)}
cli() {
  LATENT_BIN=$PWD/build/release/latent LATENT_SOURCE=$PWD LATENT_PYTHON=$python OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 \
    "${python:-python3}" "tests/cli/$1.py" "${@:2}"
}

build() {
  cmake --preset release --log-level=WARNING >/dev/null
  cmake --build --preset release --target latent latent_modules latent_faults latent_unit_tests >/dev/null
}

proof=${1:-}
[[ -n $proof ]] && shift
case $proof in
  kills)
    build
    kinds=("${3:-plain}")
    [[ ${kinds[0]} != every ]] || mapfile -t kinds < <(cd tests/cli && python3 -c 'import _kinds; print(*_kinds.KINDS, sep="\n")')
    for kind in "${kinds[@]}"; do cli kills "${1:-1000}" "${2:-1}" "$kind"; done
    ;;
  processes)
    build && cli distributed "${1:-100}" "${2:-50}"
    ;;
  prior) build && cli codes "${1:-25}" ;;
  faults) build && cli faults --all "$@" ;;
  full) build && cli disk_full "${1:-64}" ;;
  damage) build && LATENT_EXHAUSTIVE=1 build/release/latent_unit_tests --gtest_filter='Damage*' ;;
  fuzz) scripts/fuzz.sh "${1:-600}" ;;
  sanitizers) scripts/test.sh asan ;;
  all)
    for each in damage faults full kills processes fuzz sanitizers; do
      echo "== $each, $(date '+%Y-%m-%d %H:%M')"
      "${BASH_SOURCE[0]}" "$each"
    done
    ;;
  *) usage ;;
esac
