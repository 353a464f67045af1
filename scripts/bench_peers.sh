#!/usr/bin/env bash
# Measures training images per second of the book's VAE (batch 100) and of its faces (batch 128) with latent, Keras and
# PyTorch in turn on this machine; and of the VAE on 10,000 and on 1,000,000 drawn images. Prints each round with the
# share of the processors that other programs and other virtual machines took meanwhile, then the medians of the ratios
# of the rounds, and the memory that the VAE takes. Rounds in which others took more than a tenth count only if no round
# was quieter.
#
# usage: scripts/bench_peers.sh [ROUNDS] [fashion] [faces] [count]    (default: 5 rounds of all; about 20 minutes)
#   the first needs Fashion-MNIST, the second CelebA, in LATENT_DATA or data/
#   LATENT_BENCH_DEVICE: cuda for a GPU (then without Keras)
#   LATENT_BENCH_SECONDS: of each measurement of latent (default: 8)
# Keras is in a separate environment, ~/.cache/latent-peers, created here if it is missing (1.5 GB). PyTorch is the one
# whose libraries latent uses.
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

rounds=5
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
  rounds=$1
  shift
fi
parts=${*:-fashion faces count}
device=${LATENT_BENCH_DEVICE:-cpu}
torch=${LATENT_CACHE:-$HOME/.cache/latent}/torch-2.11.0/bin/python3
peers=$HOME/.cache/latent-peers
seconds=${LATENT_BENCH_SECONDS:-8}
# Without bf16 in the processor, PyTorch's best mode is fp32 too.
modes=fused-cl bf16=
if [[ $device != cpu ]] || grep -qE 'avx512_bf16|amx_bf16' /proc/cpuinfo; then
  modes='fused-cl fused-cl-bf16' bf16=bf16
fi
eager_steps=$([[ $device == cpu ]] && echo 120 || echo 2000)
# Steps are short on a GPU: these modes avoid kernel launches, as latent does.
gpu_modes='fused-cl-graph fused-cl-bf16-graph fused-cl-bf16-compile'

if [[ $device == cpu && $parts == *fashion* && ! -x $peers/bin/python3 ]]; then
  python3 -m venv "$peers"
  "$peers/bin/pip" install --quiet tensorflow-cpu numpy pillow
fi

# Each prints one number.
ours() { # CONFIG PRECISION [options]
  "$latent" bench "configs/$1.json" --device "$device" --quiet --windows 1 --seconds "$seconds" \
    --set "train.precision=$2" "${@:3}" | awk 'END { print $1 }'
}
pytorch() { # MODEL MODE STEPS [options]
  local rate # empty if PyTorch's compiler fails, which must not stop the other measurements
  rate=$("$torch" scripts/peers/torch_book.py "$2" --model "$1" --steps "$3" --device "$device" "${@:4}" |
    grep -oP 'images/s \K[0-9]+') || true
  echo "${rate:-0}"
}
keras() {
  "$peers/bin/python3" scripts/peers/keras_book.py vae 1 --steps 120 2>/dev/null | grep -oP 'images/s \K[0-9]+'
}

measure() { # NAME COMMAND...
  local name=$1 rate
  shift
  rate=$("$@")
  echo "$round $rate" >>"$work/$name"
  printf '  %-36s %8s images/s\n' "$name" "$rate"
}

# Writes ticks of the processors since the start: all, those that were busy, those that other virtual machines took; and
# the seconds that the programs of this script took. Not in a subshell, which would not see those.
ticks() { # FILE
  times >"$work/times"
  local ours
  ours=$(awk 'NR == 2 { gsub(/[ms]/, " "); print $1 * 60 + $2 + $3 * 60 + $4 }' "$work/times")
  awk -v ours="$ours" \
    '/^cpu / { print $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9, $2 + $3 + $4 + $7 + $8, $9, ours }' /proc/stat >"$1"
}
quiet=,
end_of_round() {
  local others stolen
  ticks "$work/after"
  read -r others stolen < <(paste -d' ' "$work/before" "$work/after" | awk -v hz="$(getconf CLK_TCK)" '{
    all = $5 - $1
    others = ($6 - $2 - ($8 - $4) * hz) / all
    printf "%.0f %.0f\n", 100 * (others > 0 ? others : 0), 100 * ($7 - $3) / all }')
  echo "  other programs took $others% of the processors, other virtual machines $stolen%"
  if ((others + stolen <= 10)); then quiet+="$round,"; fi
}

# The median of column 2 over the quiet rounds, or over all if none was quiet.
middle_of() { # FILE
  { awk -v quiet="$quiet" 'index(quiet, "," $1 ",")' "$1" | grep . || cat "$1"; } | awk '{ print $2 }' | median
}
middle() { # NAME
  middle_of "$work/$1"
}
ratio() { # OURS THEIRS BOUND
  join "$work/$1" "$work/$2" | awk '{ print $1, $3 ? $2 / $3 : 0 }' >"$work/ratios"
  printf '%-32s / %-34s %5.2f   (bound %s)\n' "$1" "$2" "$(middle_of "$work/ratios")" "$3"
}

for ((round = 1; round <= rounds; ++round)); do
  echo "round $round"
  ticks "$work/before"
  for part in $parts; do
    case $part in
      fashion)
        measure "latent fp32" ours fashion_mnist_vae fp32
        if [[ $bf16 ]]; then measure "latent bf16" ours fashion_mnist_vae bf16; fi
        measure "latent auto" ours fashion_mnist_vae auto
        measure "PyTorch loader" pytorch fashion loader 120
        for mode in $modes; do
          measure "PyTorch $mode" pytorch fashion "$mode" "$eager_steps"
        done
        if [[ $device == cpu ]]; then
          measure "Keras" keras
        else
          for mode in $gpu_modes; do
            measure "PyTorch $mode" pytorch fashion "$mode" 4000
          done
          measure "latent bf16, batch 1024" ours fashion_mnist_vae bf16 --set train.batch_size=1024
          for mode in fused-cl-bf16 fused-cl-bf16-graph fused-cl-bf16-compile; do
            measure "PyTorch $mode, batch 1024" pytorch fashion "$mode" 2000 --batch 1024
          done
        fi
        ;;
      faces)
        measure "latent faces" ours celeba_faces_vae auto
        if [[ $bf16 ]]; then
          measure "latent faces fp32" ours celeba_faces_vae fp32
          measure "latent faces bf16" ours celeba_faces_vae bf16
        fi
        for mode in $modes; do
          measure "PyTorch faces $mode" pytorch faces "$mode" 40
        done
        ;;
      count)
        for images in 10000 1000000; do
          measure "latent, $images drawn images" ours fashion_mnist_vae fp32 \
            --set "data={\"name\": \"shapes\", \"count\": $images, \"size\": [32, 32]}"
        done
        ;;
      *) echo "bench_peers: $part: expected fashion, faces or count" >&2; exit 2 ;;
    esac
  done
  end_of_round
done
echo "medians of $rounds rounds; quiet ones: ${quiet//,/ }"
if [[ $parts == *fashion* ]]; then
  [[ $device == cpu ]] && ratio "latent fp32" "Keras" 1.15
  [[ $device == cpu ]] && ratio "latent auto" "Keras" "1.7 with AVX512-BF16 or AMX"
  [[ $bf16 ]] && ratio "latent bf16" "latent fp32" 1.4
  ratio "latent auto" "PyTorch loader" 2.5
  for mode in $modes; do
    ratio "latent auto" "PyTorch $mode" "$([[ $device == cpu ]] && echo "best PyTorch mode: 1.4" || echo 5)"
  done
  "$latent" bench configs/fashion_mnist_vae.json --device "$device" --quiet --windows 1 --seconds 2 --json \
    >"$work/memory.json"
  echo "latent, peak resident memory: $(figures memory "{:.0f}" peak_resident_mb) MB   (bound 900)"
  if [[ $device != cpu ]]; then
    ratio "latent auto" "PyTorch fused-cl-bf16-graph" 1.3
    ratio "latent fp32" "PyTorch fused-cl-graph" 1.3
    ratio "latent auto" "PyTorch fused-cl-bf16-compile" 1.3
    ratio "latent bf16, batch 1024" "PyTorch fused-cl-bf16, batch 1024" 2
    ratio "latent bf16, batch 1024" "PyTorch fused-cl-bf16-graph, batch 1024" 1.0
    ratio "latent bf16, batch 1024" "PyTorch fused-cl-bf16-compile, batch 1024" 1.0
    echo "latent bf16, batch 1024: $(middle "latent bf16, batch 1024") images/s   (bound 500,000 on an H200)"
  fi
fi
if [[ $parts == *count* ]]; then
  ratio "latent, 1000000 drawn images" "latent, 10000 drawn images" "0.95 to 1.05"
fi
if [[ $parts == *faces* ]]; then
  [[ $bf16 ]] && ratio "latent faces bf16" "latent faces fp32" 1.4
  for mode in $modes; do
    ratio "latent faces" "PyTorch faces $mode" "best PyTorch mode: 1.4"
  done
fi
