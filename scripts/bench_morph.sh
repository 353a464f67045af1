#!/usr/bin/env bash
# Measures how evenly morphs of 25 frames change. For random pairs of test images: the largest change
# between consecutive frames (root mean square, before quantisation), divided by the mean change. Prints
# the medians.
#
# usage: scripts/bench_morph.sh RUN [PAIRS]    (default 20 pairs, drawn with seed 0)
set -euo pipefail

if (($# < 1)); then
  echo "usage: scripts/bench_morph.sh RUN [PAIRS]" >&2
  exit 2
fi
run=$1
pairs=${2:-20}
latent=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/release/latent
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

images=$("$latent" encode --run "$run" --out "$work/test.csv" --json --quiet |
  awk -F'[:,]' '/"images"/ { print $2 + 0 }')
RANDOM=0
for ((pair = 1; pair <= pairs; ++pair)); do
  a=$(((RANDOM * 32768 + RANDOM) % images))
  b=$(((a + 1 + (RANDOM * 32768 + RANDOM) % (images - 1)) % images))
  for path in linear slerp; do
    "$latent" interpolate --run "$run" --indices "$a,$b" --path "$path" --steps 25 \
      --out "$work/strip.png" --json --quiet |
      awk -F'[:,]' '/"unevenness"/ { print $2 + 0 }' >> "$work/$path"
  done
done
for path in linear slerp; do
  sort -n "$work/$path" | awk -v path="$path" '
    { all[NR] = $1 }
    END {
      printf "%s: median %.2f, largest %.2f, %d pairs\n", path,
        (all[int((NR + 1) / 2)] + all[int(NR / 2) + 1]) / 2, all[NR], NR
    }'
done
