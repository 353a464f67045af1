#!/usr/bin/env bash
# How well the uses of an autoencoder work, in figures of the program's own: a linear one against PCA, on
# digits and on a tilted plane; what is strange among digits and clothes; what labels can be told from.
#
# usage: scripts/bench_uses.sh [linear] [plane] [anomalies] [probe]    (default: all; about 15 minutes on two cores)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

latent=build/release/latent
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

train() { # NAME CONFIG [options]
  local name=$1 config=$2
  shift 2
  "$latent" train "configs/$config.json" --run "$work/$name" --quiet --set train.pictures_every=0 "$@" > /dev/null
}

figure() { # KEY.KEY... FORMAT, of the JSON on stdin
  python3 -c 'import json, sys
value = json.load(sys.stdin)
for key in sys.argv[1].split("."):
    value = value[int(key)] if isinstance(value, list) else value[key]
print(format(value, sys.argv[2]))' "$1" "$2"
}

compare() { # NAME CONFIG WHAT
  train "$1" "$2"
  "$latent" compare-pca --run "$work/$1" --split test --quiet --json > "$work/$1.json"
  of() { figure "$1" "$2" < "$work/$name.json"; }
  local name=$1
  echo "$3: squared error $(of model.squared_error .4f), PCA $(of pca.squared_error .4f)," \
    "ratio $(of ratio .4f), overlap $(of overlap .4f), largest angle $(of angles_degrees.-1 .2f) degrees"
}

detect() { # NAME CONFIG WHAT [options]
  local name=$1 config=$2 what=$3
  shift 3
  train "$name" "$config" "$@"
  "$latent" detect --run "$work/$name" --split test --quiet --json > "$work/$name.json"
  of() { figure "$1" .4f < "$work/$name.json"; }
  echo "$what: AUROC $(of scores.error.auroc), AUPR $(of scores.error.aupr);" \
    "distance of the latents $(of scores.distance.auroc); PCA $(of scores.pca.auroc)"
}

probe() { # NAME CONFIG
  train "$1" "$2"
  "$latent" probe --run "$work/$1" --label label --quiet
}

for part in "${@:-linear plane anomalies probe}"; do
  for which in $part; do
    case $which in
      linear) compare linear mnist_linear "linear autoencoder of digits, 32 latents, test" ;;
      plane) compare plane plane_linear "points near a plane, 2 latents, test" ;;
      anomalies)
        detect ones mnist_anomaly "digits, normal = 1"
        detect fours mnist_anomaly "digits, normal = 4" --set data.keep=label=4
        detect trousers fashion_mnist_anomaly "clothes, normal = Trouser"
        ;;
      probe) probe probed mnist_linear ;;
      *) echo "bench_uses: $which: expected linear, plane, anomalies or probe" >&2; exit 2 ;;
    esac
  done
done
