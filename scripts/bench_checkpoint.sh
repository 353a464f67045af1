#!/usr/bin/env bash
# Measures the cost of checkpoints: trains the book's VAE in turn with a checkpoint after every step and
# with only the one at the end of the epoch. The difference gives the time of one checkpoint, and the share
# of an epoch's time that its two checkpoints, best and last, take.
#
# usage: scripts/bench_checkpoint.sh [ROUNDS]    (default 5; about a minute on two cores)
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

rounds=${1:-5}
images=6000 # of Fashion-MNIST's 60,000

epoch() { # EVERY_STEPS: one epoch of training
  rm -rf "$work/run"
  train run fashion_mnist_vae --set "data.count=$images" --set train.epochs=1 --set "train.checkpoint.every_steps=$1"
}

seconds() { # prints the time of the epoch's steps
  python3 -c 'import csv, sys; print(next(csv.DictReader(open(sys.argv[1])))["seconds"])' "$work/run/metrics.csv"
}

for ((round = 0; round < rounds; ++round)); do
  epoch 0
  echo -n "$(seconds) " >> "$work/seconds"
  epoch 1
  seconds >> "$work/seconds"
done
python3 -c 'import statistics, sys
images = int(sys.argv[2])
pairs = [[float(word) for word in line.split()] for line in open(sys.argv[1])]
# The save at the end of the epoch is not part of these seconds.
save = statistics.median((with_saves - without) / (images / 100 - 1) for without, with_saves in pairs)
epoch = statistics.median(without for without, _ in pairs) * 60000 / images
print(f"checkpoint: {save * 1000:.1f} ms; epoch of 60,000 images: {epoch:.1f} s; "
      f"two checkpoints per epoch: {2 * save / epoch:.3%} of it")' "$work/seconds" "$images"
