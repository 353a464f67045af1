#!/usr/bin/env bash
# Measures latent explore: how soon its page is there, how fast its sliders and its map are, how many requests it
# answers and how much memory it takes. Each line names its bound.
#
# usage: scripts/bench_explore.sh [start] [slider] [map] [memory] [requests] [fuzz] [threads]   (default: all)
#   LATENT        the program (default: build/release/latent)
#   FASHION_RUN   a run of fashion_mnist with two latents (default: trained for one epoch)
#   FACES_RUN     a run of CelebA with Smiling (default: slider is left out)
#   SECONDS_OF    how long requests (60) and fuzz (600) last: SECONDS_OF="60 600"
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

latent=${LATENT:-build/release/latent}
tools=${LATENT_CACHE:-$HOME/.cache/latent}/test-tools-$(sha256sum <scripts/test_tools.txt | head -c 12)/bin/python3
read -r request_seconds fuzz_seconds <<<"${SECONDS_OF:-60 600}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fashion() {
  if [[ -n ${FASHION_RUN:-} ]]; then
    cp -r "$FASHION_RUN" "$work/fashion"
  else
    "$latent" train configs/fashion_mnist_vae.json --run "$work/fashion" --set train.epochs=1 --quiet
  fi
  "$latent" encode --run "$work/fashion" --out "$work/codes.npy" --quiet >/dev/null
  "$latent" encode --run "$work/fashion" --split train --out "$work/codes.npy" --quiet >/dev/null
}
measure() { "$tools" tests/bench/explore.py "$1" "$latent" "${@:2}"; }

start() { measure start "$work/fashion"; }
slider() {
  if [[ -n ${FACES_RUN:-} ]]; then
    cp -r "$FACES_RUN" "$work/faces"
    measure slider "$work/faces"
  else
    echo "slider: no FACES_RUN, left out"
  fi
}
map() { measure map; }
memory() { measure memory "$work/fashion"; }
requests() { measure requests "$work/fashion" "$request_seconds"; }
fuzz() { scripts/fuzz.sh "$fuzz_seconds" explore_request; }
threads() {
  g++ -std=c++20 -O1 -g -fsanitize=thread -Isrc -DCPPHTTPLIB_OPENSSL_SUPPORT -DCPPHTTPLIB_ZLIB_SUPPORT -DCPPHTTPLIB_BROTLI_SUPPORT \
    tests/server/threads.cpp src/explore/access.cpp src/explore/job_queue.cpp src/explore/http/*.cpp -lcpp-httplib -pthread -o "$work/threads"
  TSAN_OPTIONS=suppressions=$PWD/tests/server/tsan.supp:exitcode=66 "$work/threads" && echo "threads: no finding of the thread sanitizer"
}

parts=("$@")
((${#parts[@]})) || parts=(start slider map memory requests fuzz threads)
for part in "${parts[@]}"; do
  [[ $part == @(start|slider|map|memory|requests|fuzz|threads) ]] || { echo "bench_explore: $part: unknown part" >&2; exit 2; }
done
[[ " ${parts[*]} " == *@(" start "|" memory "|" requests ")* ]] && fashion
for part in "${parts[@]}"; do "$part"; done
