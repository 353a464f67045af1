#!/usr/bin/env bash
# Measures the quality of the book's Fashion-MNIST models: test figures after the last epoch for three
# seeds with their medians, then the sweep over beta.
#
# usage: scripts/bench_quality.sh [ae] [vae] [beta]    (default: all; about 25 minutes on two cores)
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

trained() { # NAME CONFIG [options]
  train "$@"
  ask "$1" evaluate
}

figure() { # NAME KEY
  figures "$1" "{:.4f}" "$2"
}

three_seeds() { # NAME CONFIG KEY WHAT
  for seed in 0 1 2; do
    trained "$1-$seed" "$2" --seed "$seed"
    figure "$1-$seed" "$3"
  done | tee "$work/$1" | sed -u "s/^/$4, seed by seed: /"
  echo "$4, median of 3 seeds: $(median < "$work/$1")"
}

for part in "${@:-ae vae beta}"; do
  for which in $part; do
    case $which in
      ae) three_seeds ae fashion_mnist_ae bce "autoencoder, 3 epochs, test BCE per pixel" ;;
      vae) three_seeds vae fashion_mnist_vae book_units.total "VAE, 5 epochs, test, 500 x BCE + KL" ;;
      beta)
        for beta in 0.5 1 2 8; do
          trained "beta-$beta" fashion_mnist_vae --set train.epochs=3 --set "objective.kl.weight=$beta"
          echo "beta $beta: KL $(figure "beta-$beta" kl), NLL $(figure "beta-$beta" nll) nats per image"
        done
        ;;
      *) echo "bench_quality: $which: expected ae, vae or beta" >&2; exit 2 ;;
    esac
  done
done
