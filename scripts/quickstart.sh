#!/usr/bin/env bash
# From a fresh clone to pictures: installs, builds, trains a small VAE on shapes it draws itself
# (about a minute on two cores), reconstructs and samples. Writes to runs/quickstart.
#
# usage: scripts/quickstart.sh
set -euo pipefail
if (($# > 0)); then
  sed -n '2,5s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
  [[ $1 == -h || $1 == --help ]] && exit 0 || exit 2
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."

run=runs/quickstart
config=configs/shapes_vae.json

scripts/setup.sh
cmake --preset release --log-level=WARNING
# What training on this machine needs first; the rest follows the pictures.
targets=(latent)
if command -v nvidia-smi >/dev/null && nvidia-smi -L >/dev/null 2>&1; then
  targets+=(latent_modules)
fi
cmake --build --preset release --target "${targets[@]}"

latent=build/release/latent
"$latent" train "$config" --run "$run" --overwrite
"$latent" reconstruct --run "$run"
"$latent" sample --run "$run"

echo
echo "pictures:"
find "$run/images" -type f \( -name '*.png' -o -name '*.gif' \) | sort | sed 's/^/  /'

if ((${#targets[@]} == 1)); then
  echo
  echo "building what the pictures did not need: explore, training in several processes, GPUs"
  cmake --build --preset release --target latent_modules >/dev/null
fi
