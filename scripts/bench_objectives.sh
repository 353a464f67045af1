#!/usr/bin/env bash
# Measures training images per second of the presets with other objectives, with latent and with eager PyTorch in turn on
# this machine. Prints each round, and the median of the ratios.
#
# usage: scripts/bench_objectives.sh [ROUNDS] [PRESET...]    (default: 5 rounds of all; about 5 minutes)
#   mnist_iwae needs MNIST and wae_celeba64 CelebA, in LATENT_DATA or data/
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

rounds=5
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  rounds=$1
  shift
fi
presets=${*:-dsprites_tcvae dsprites_factorvae mnist_iwae wae_celeba64}
torch=${LATENT_CACHE:-$HOME/.cache/latent}/torch-2.11.0/bin/python3

for ((round = 1; round <= rounds; ++round)); do
  for preset in $presets; do
    ours=$("$latent" bench "configs/$preset.json" --quiet --windows 1 --seconds 4 | awk 'END { print $1 }')
    theirs=$("$torch" scripts/peers/torch_objectives.py "$preset" --seconds 4 | grep -oP 'images/s \K[0-9]+')
    awk -v ours="$ours" -v theirs="$theirs" 'BEGIN { print ours / theirs }' >>"$work/$preset"
    printf 'round %d  %-20s latent %6.0f  PyTorch %6.0f images/s\n' "$round" "$preset" "$ours" "$theirs"
  done
done
for preset in $presets; do
  printf '%-20s latent / PyTorch %5.2f\n' "$preset" "$(median <"$work/$preset")"
done
