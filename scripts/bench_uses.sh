#!/usr/bin/env bash
# Measures how well the uses of an autoencoder work, in the program's own figures: a linear one compared with
# PCA, on digits and on a tilted plane; anomalies among digits and clothes; predicting labels.
#
# usage: scripts/bench_uses.sh [linear] [plane] [anomalies] [probe]    (default: all; about 15 minutes on two cores)
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

compare() { # NAME CONFIG WHAT [options]
  local name=$1 config=$2 what=$3
  shift 3
  train "$name" "$config" "$@"
  "$latent" compare-pca --run "$work/$name" --split test --quiet --json > "$work/$name.json"
  figures "$name" "$what: squared error {:.4f}, PCA {:.4f}, ratio {:.4f}, overlap {:.4f}, largest angle {:.2f} degrees" \
    model.squared_error pca.squared_error ratio overlap angles_degrees.-1
}

detect() { # NAME CONFIG WHAT [options]
  local name=$1 config=$2 what=$3
  shift 3
  train "$name" "$config" "$@"
  "$latent" detect --run "$work/$name" --split test --quiet --json > "$work/$name.json"
  figures "$name" "$what: AUROC {:.4f}, AUPR {:.4f}; distance of the latents {:.4f}; PCA {:.4f}; {} normal examples flagged" \
    scores.error.auroc scores.error.aupr scores.distance.auroc scores.pca.auroc scores.error.flagged_normal
}

probe() { # NAME CONFIG; reuses an existing run of that name
  [[ -d $work/$1 ]] || train "$1" "$2"
  "$latent" probe --run "$work/$1" --attribute label --quiet
}

for part in "${@:-linear plane anomalies probe}"; do
  for which in $part; do
    case $which in
      linear) compare linear mnist_linear "linear autoencoder of digits, 32 latents, test" ;;
      plane)
        for seed in 0 1 2; do
          compare "plane-$seed" plane_linear "points near a plane, 2 latents, test, seed $seed" --seed "$seed"
        done
        ;;
      anomalies)
        detect ones mnist_anomaly "digits, normal = 1"
        detect fours mnist_anomaly "digits, normal = 4" --set data.keep=label=4
        detect trousers fashion_mnist_anomaly "clothes, normal = Trouser"
        ;;
      probe) probe linear mnist_linear ;;
      *) echo "bench_uses: $which: expected linear, plane, anomalies or probe" >&2; exit 2 ;;
    esac
  done
done
