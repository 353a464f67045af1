#!/usr/bin/env bash
# Training images per second of the book's VAE, batch 100: latent and PyTorch (a Dataset and a
# DataLoader, as most people write it) in turn on this machine; prints each round, then the medians.
#
# usage: scripts/bench_speed.sh [ROUNDS]    (default 5; needs Fashion-MNIST: LATENT_DATA or data/)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds=${1:-5}
latent=build/release/latent
python=${LATENT_CACHE:-$HOME/.cache/latent}/torch-2.11.0/bin/python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ours() {
  # The first epoch warms up.
  "$latent" train configs/fashion_mnist_vae.json --run "$work/run" --overwrite --quiet \
    --set data.count=12000 --set train.epochs=2 --set train.pictures_every=0 > "$work/log" 2>&1 ||
    { cat "$work/log" >&2; return 1; }
  awk -F, 'END { printf "%.0f\n", $4 }' "$work/run/metrics.csv"
}

theirs() {
  "$python" scripts/peers/torch_book.py loader --steps 120 | grep -oP 'images/s \K[0-9]+'
}

median() {
  sort -n "$1" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'
}

for ((round = 1; round <= rounds; ++round)); do
  a=$(ours)
  b=$(theirs)
  echo "$a" >> "$work/ours"
  echo "$b" >> "$work/theirs"
  echo "round $round: latent $a images/s, PyTorch with a DataLoader $b images/s"
done
a=$(median "$work/ours") b=$(median "$work/theirs")
echo "median: latent $a, PyTorch $b, ratio $(awk "BEGIN { printf \"%.2f\", $a / $b }")"
