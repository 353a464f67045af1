#!/usr/bin/env bash
# Measures the quality of the denoising, sparse and upscaling models, and what each term of a VAE's
# objective does: test figures after the last epoch.
#
# usage: scripts/bench_family.sh [denoising] [sparse] [upscale] [ends]    (default: all; about 20 minutes on two cores)
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

denoising() {
  local config
  for config in mnist_denoising fashion_mnist_denoising; do
    train "$config" "$config"
    ask "$config" denoise --count 0
    figures "$config" "$config: PSNR {:.2f} -> {:.2f} dB, gain {:+.2f} dB; SSIM {:.4f} -> {:.4f}" \
      mean.noisy.psnr mean.denoised.psnr psnr_gain mean.noisy.ssim mean.denoised.ssim
  done
}

sparse() {
  local weight ratio
  for weight in 0 0.1 0.3; do
    train "l1-$weight" mnist_sparse_l1 --set "objective.sparsity_l1.weight=$weight"
    ask "l1-$weight" evaluate
  done
  for weight in 0 0.1 0.3; do
    ratio=$(python3 -c 'import json, sys
plain, sparse = (json.load(open(path)) for path in sys.argv[1:])
active = [run["sparsity"]["active_per_image"] for run in (plain, sparse)]
error = sparse["mse"] / plain["mse"]
print(f"active units divided by {active[0] / active[1]:.2f}, error times {error:.2f}")' \
      "$work/l1-0.json" "$work/l1-$weight.json")
    figures "l1-$weight" "sparse L1, weight $weight: {:.1f} of 256 units active, {} dead, mean activation {:.4f}, MSE {:.5f}: $ratio" \
      sparsity.active_per_image sparsity.dead_units sparsity.mean_activation mse
  done
  train kl mnist_sparse_kl
  ask kl evaluate
  figures kl "sparse KL: mean activation {:.4f}, {:.1f} of 256 units active, {} dead, MSE {:.5f}" \
    sparsity.mean_activation sparsity.active_per_image sparsity.dead_units mse
}

upscale() { # NAME CONFIG [options]: prints one row
  local name=$1
  train "$@"
  ask "$name" upscale --count 0
  figures "$name" "$name: PSNR {:.2f} dB, bicubic {:.2f} dB, {:+.2f} dB; SSIM {:.4f}, bicubic {:.4f}" \
    mean.model.psnr mean.bicubic.psnr psnr_gain mean.model.ssim mean.bicubic.ssim
}

ends() {
  local name
  train both both_ends_vae
  train likelihood both_ends_vae --set objective.kl.weight=0
  train kl both_ends_vae --set objective.likelihood.weight=0
  train rmse both_ends_vae --set 'objective.likelihood={"name": "gaussian", "sigma": "optimal", "output": "sigmoid"}'
  for name in both likelihood kl rmse; do
    ask "$name" evaluate
    figures "$name" "both ends, $name: NLL {:.1f}, KL {:.1f} nats; BCE {:.4f}, MSE {:.4f} per pixel, SSIM {:.3f}" nll kl bce mse ssim
  done
}

for part in "${@:-denoising sparse upscale ends}"; do
  for which in $part; do
    case $which in
      denoising) denoising ;;
      sparse) sparse ;;
      ends) ends ;;
      upscale)
        upscale "16 latents, bilinear" mnist_upscale16
        upscale "16 latents, area" mnist_upscale16 --set corruption.0.filter=area
        upscale "2 latents, bilinear" mnist_upscale
        ;;
      *) echo "bench_family: $which: expected denoising, sparse, upscale or ends" >&2; exit 2 ;;
    esac
  done
done
