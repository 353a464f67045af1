#!/usr/bin/env bash
# Measures the presets as papers do: likelihoods, distances of samples, disentanglement, and one class against the rest.
#
# usage: scripts/bench_measures.sh [likelihood] [speed] [samples] [wasserstein] [disentanglement] [anomalies]
#   (default: all; about five hours on two cores, most of it the last two)
#   SEEDS: the training seeds of disentanglement and anomalies (default: "0 1 2")
set -euo pipefail
# shellcheck source=_bench.sh
source "$(dirname "${BASH_SOURCE[0]}")/_bench.sh"

read -ra seeds <<< "${SEEDS:-0 1 2}"

likelihood() { # -log p(x) of the black and white digits of the test split
  train vae mnist_binarized_vae
  train iwae mnist_iwae
  train dreg mnist_iwae --set objective.bound.gradient=dreg
  for run in vae iwae dreg; do
    ask "$run" evaluate --measure marginal_nll --nll-samples 1000
    figures "$run" "$run: marginal NLL {:.2f} [{:.2f}, {:.2f}] nats per image, 1,000 importance samples, {:d} images, {:.3f} of them with few effective samples" \
      measures.marginal_nll.{value,low,high,count,few_effective_samples}
  done
  "$latent" compare "$work/vae" "$work/iwae" "$work/dreg" --checkpoint last --measure marginal_nll --nll-samples 200 --quiet
}

speed_of() { # NAME CONFIG MEASURE SAMPLES SPLIT [options]: the time of the whole command
  train "$1" "$2" --set train.epochs=1 "${@:6}"
  local start=$EPOCHREALTIME
  "$latent" evaluate --run "$work/$1" --split "$5" --checkpoint last --measure "$3" --nll-samples "$4" --json --quiet > "$work/$1.json"
  figures "$1" "$1: $4 importance samples of each of {:d} images: $(python3 -c "print(f'{$EPOCHREALTIME - $start:.1f}')") s" "measures.$3.count"
}

speed() {
  speed_of dense mnist_binarized_vae marginal_nll 1000 test --set data.count=2000
  speed_of book fashion_mnist_vae marginal_cross_entropy 200 validation --set data.validation=0.0166667
}

samples() { # of a mixture of Gaussians and of the prior, by the same features
  train vae mnist_vae --set model.latent_dim=16 --set train.epochs=5
  train ae mnist_ae --set model.latent_dim=16 --set train.epochs=5
  "$latent" features train configs/mnist_vae.json --out "$work/mnist.safetensors" --quiet > /dev/null
  train rae mnist_rae
  for which in "vae prior" "vae gmm" "ae gmm" "rae gmm"; do
    read -r run sampler <<< "$which"
    ask "$run" evaluate --measure samples --features "$work/mnist.safetensors" --sampler "$sampler"
    figures "$run" "$which: Frechet distance {:.2f} [{:.2f}, {:.2f}] (floor {:.3f}), {:d} samples" \
      measures.samples.frechet.{value,low,high} measures.samples.frechet_floor.value measures.samples.frechet.count
  done
}

wasserstein() { # samples of the prior, beside the variational autoencoder of the same network
  train wae wae_celeba64 --set train.epochs=2
  train vae wae_celeba64 --set train.epochs=2 --set objective.mmd=null --set 'objective.kl={"weight": 1}'
  "$latent" features train configs/wae_celeba64.json --out "$work/faces.safetensors" --quiet > /dev/null
  for run in wae vae; do
    ask "$run" evaluate --measure samples,reconstruction --features "$work/faces.safetensors" --sample-count 5000
    figures "$run" "$run: Frechet distance {:.1f} [{:.1f}, {:.1f}] (floor {:.2f}), reconstructions {:.1f} dB" \
      measures.samples.frechet.{value,low,high} measures.samples.frechet_floor.value measures.reconstruction.psnr.value
  done
}

disentanglement() {
  for seed in "${seeds[@]}"; do
    train "capacity-$seed" dsprites_capacity --seed "$seed"
    train "tc-$seed" dsprites_tcvae --seed "$seed"
    train "beta1-$seed" dsprites_capacity --seed "$seed" --set 'objective.kl={"weight": 1}'
    train "tc-alone-$seed" dsprites_tcvae --seed "$seed" --set 'objective.kl={"weight": 1}'
    train "factor-$seed" dsprites_factorvae --seed "$seed" --set train.epochs=2
    for run in capacity tc beta1 tc-alone factor; do
      ask "$run-$seed" disentangle
      figures "$run-$seed" "$run, seed $seed: MIG {:.3f}, FactorVAE score {:.3f}" scores.{mig,factorvae}.value
    done
  done | tee "$work/scores"
  for run in capacity tc beta1 tc-alone factor; do
    echo "$run, median: MIG $(grep "^$run," "$work/scores" | sed -E 's/.*MIG ([-0-9.]+).*/\1/' | median)," \
      "FactorVAE score $(grep "^$run," "$work/scores" | sed -E 's/.*score ([-0-9.]+).*/\1/' | median)"
  done
}

anomalies() {
  for set in mnist fashion_mnist; do
    for seed in "${seeds[@]}"; do
      "$latent" detect --each-class "configs/${set}_one_class.json" --run "$work/$set-$seed" --seed "$seed" --json --quiet > "$work/$set-$seed.json"
      figures "$set-$seed" "$set, seed $seed: mean AUROC {:.4f} [{:.4f}, {:.4f}], PCA {:.4f}, nearest {:.4f}" \
        mean.error.auroc.{value,low,high} mean.pca.auroc.value mean.nearest.auroc.value
    done | tee "$work/$set"
    echo "$set, median: mean AUROC $(sed -E 's/.*AUROC ([0-9.]+) .*/\1/' "$work/$set" | median)"
  done
}

for part in "${@:-likelihood speed samples wasserstein disentanglement anomalies}"; do
  for which in $part; do
    case $which in
      likelihood | speed | samples | wasserstein | disentanglement | anomalies) "$which" ;;
      *) echo "bench_measures: $which: expected likelihood, speed, samples, wasserstein, disentanglement or anomalies" >&2; exit 2 ;;
    esac
  done
done
