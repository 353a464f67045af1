#!/usr/bin/env bash
# Measures models of codes: reconstructions, the prior that samples them, and files of compressed pictures.
#
# usage: scripts/bench_codes.sh [fashion] [faces] [scalars] [prior] [samples] [files] [processors] [speed]
#   (default: all; about 40 minutes on two cores)
#   RUNS: a folder where the trained runs stay and are found again (default: a temporary one)
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

# shellcheck disable=SC2154  # latent, work: of _bench.sh
runs=${RUNS:-$work}
mkdir -p "$runs"

once() { # NAME CONFIG: trains a run unless it is there, and says how long
  local start=$EPOCHREALTIME
  [[ -f $runs/$1.done ]] && return
  "$latent" train "configs/$2.json" --run "$runs/$1" --overwrite --quiet --set train.pictures_every=0 --set train.report=false > /dev/null
  python3 -c "print(f'$1: trained in {$EPOCHREALTIME - $start:.0f} s')"
  touch "$runs/$1.done"
}

judged() { # NAME: squared error and codes of the test split
  "$latent" evaluate --run "$runs/$1" --measure mse,codes --json --quiet > "$work/$1.json"
  figures "$1" "$1: squared error {:.5f} [{:.5f}, {:.5f}], {:.0f} codes used, perplexity {:.1f}, {:.1f} bits an image by frequency" \
    measures.mse.{value,low,high} measures.codes.{used,perplexity,bits}.value
}

fashion() { once fashion fashion_mnist_vq; judged fashion; }
faces() { once faces celeba_vq; judged faces; }
scalars() { once scalars fashion_mnist_fsq; judged scalars; }

trained_prior() { # NAME: trains its prior unless it is there
  [[ -f $runs/$1/priors/done.json ]] ||
    "$latent" prior train --run "$runs/$1" --name autoregressive --overwrite --json --quiet > "$work/prior.json"
  [[ -f $runs/$1/priors/done.json ]] || mv "$work/prior.json" "$runs/$1/priors/done.json"
  cp "$runs/$1/priors/done.json" "$work/prior.json"
}

prior() {
  once fashion fashion_mnist_vq
  trained_prior fashion
  figures prior "prior of fashion: {:.1f} bits an image in {:.0f} s; {:.1f} by frequency ({:.1f}% less), {:.1f} by place ({:.1f}% less)" \
    bits seconds bits_by_frequency less_than_by_frequency bits_by_place less_than_by_place
}

samples() { # the distance of 10,000 samples from the test images, by one classifier
  once fashion fashion_mnist_vq
  trained_prior fashion
  [[ -f $runs/features.safetensors ]] ||
    "$latent" features train configs/fashion_mnist_vq.json --out "$runs/features.safetensors" --quiet > /dev/null
  for sampler in codes autoregressive; do
    "$latent" evaluate --run "$runs/fashion" --measure samples --features "$runs/features.safetensors" --sampler "$sampler" \
      --json --quiet > "$work/$sampler.json"
    figures "$sampler" "samples by $sampler: Frechet distance {:.2f} [{:.2f}, {:.2f}] (floor {:.3f}), {:d} samples" \
      measures.samples.frechet.{value,low,high} measures.samples.frechet_floor.value measures.samples.frechet.count
    "$latent" sample --run "$runs/fashion" --sampler "$sampler" --count 64 --out "$runs/samples-$sampler.png" --quiet > /dev/null
  done
}

files() { # whole files and payloads beside WebP and JPEG
  for run in fashion faces; do
    once "$run" "$([[ $run == faces ]] && echo celeba_vq || echo fashion_mnist_vq)"
    rm -rf "$work/small"
    "$latent" compress --run "$runs/$run" --split test --out "$work/small" --json --quiet > "$work/small.json"
    figures small "$run: {:.1f} B a file, {:.1f} B without the header, {:.2f} dB, SSIM {:.3f}; {:.0f} images/s" \
      bytes_per_image payload_per_image psnr ssim images_per_second
    "$latent" plot rd --run "$runs/$run" --out "$runs/rd-$run.png" --json --quiet > "$work/rd.json"
    python3 -c 'import json, math, sys
for point in json.load(open(sys.argv[1]))["points"]:
    if "WebP" in point["name"] or "JPEG" in point["name"]:
        bits, psnr = point["bits"] / 8, -10 * math.log10(point["mse"])
        print(f"  {point[\"name\"]}: {bits:.1f} B, {psnr:.2f} dB")' "$work/rd.json"
  done
}

processors() { # 10,000 images there and back, also with another instruction set
  once fashion fashion_mnist_vq
  rm -rf "$work/small" "$work/back"
  "$latent" compress --run "$runs/fashion" --split test --out "$work/small" --quiet > /dev/null
  "$latent" reconstruct --run "$runs/fashion" --split test --count 0 --out "$work/r.png" --tensors "$work/own.safetensors" --quiet > /dev/null
  "$latent" decompress --run "$runs/fashion" "$work/small" --out "$work/back" --tensors "$work/here.safetensors" --quiet > /dev/null
  ATEN_CPU_CAPABILITY=default ONEDNN_MAX_CPU_ISA=SSE41 "$latent" decompress --run "$runs/fashion" "$work/small" --out "$work/back" \
    --tensors "$work/there.safetensors" --quiet > /dev/null
  "${LATENT_CACHE:-$HOME/.cache/latent}/torch-2.11.0/bin/python3" - "$work" << 'END'
import sys
from safetensors.numpy import load_file
own, here, there = (load_file(f"{sys.argv[1]}/{name}.safetensors") for name in ("own", "here", "there"))
print(f"{len(here['z'])} images there and back: latents equal {(own['z'] == here['z']).all()}, pictures equal "
      f"{(own['images'] == here['images']).all()}")
print(f"with SSE4.1: latents equal {(there['z'] == here['z']).all()}, pictures differ by at most "
      f"{abs(there['images'] - here['images']).max() * 255:.4f}/255")
END
}

speed() {
  once fashion fashion_mnist_vq
  trained_prior fashion
  local start=$EPOCHREALTIME
  "$latent" sample --run "$runs/fashion" --sampler autoregressive --count 64 --out "$work/s.png" --quiet > /dev/null
  python3 -c "print(f'64 samples, the start of the program included: {$EPOCHREALTIME - $start:.1f} s')"
  rm -rf "$work/small" "$work/back"
  "$latent" compress --run "$runs/fashion" --split test --out "$work/small" --json --quiet > "$work/in.json"
  figures in "compress: {:.0f} images/s, {:.1f} s with all files" images_per_second seconds_with_files
  "$latent" decompress --run "$runs/fashion" "$work/small" --out "$work/back" --json --quiet > "$work/out.json"
  figures out "decompress: {:.0f} images/s, {:.1f} s with all files" images_per_second seconds_with_files
}

parts=("$@")
((${#parts[@]})) || parts=(fashion faces scalars prior samples files processors speed)
for part in "${parts[@]}"; do "$part"; done
