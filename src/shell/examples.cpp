#include "shell/examples.h"

#include <map>

namespace latent::shell {

std::string example_of(const std::string& command) {
  static const std::map<std::string, std::string> examples{
      {"train", "latent train configs/mnist_vae.json --set train.epochs=3"},
      {"sweep", "latent sweep c.json --over model.latent_dim=2,8 --out sweeps/latents"},
      {"evaluate", "latent evaluate runs/fashion --json"},
      {"reconstruct", "latent reconstruct runs/fashion --indices 3,17,40-49"},
      {"denoise", "latent denoise runs/fashion --count 8"},
      {"upscale", "latent upscale runs/fashion photo.png"},
      {"sample", "latent sample runs/fashion --count 36 --out samples.png"},
      {"encode", "latent encode runs/fashion --split test --out latents.csv"},
      {"interpolate", "latent interpolate runs/fashion --indices 3,17 --out morph.gif"},
      {"arithmetic", "latent arithmetic runs/fashion --attribute label=Sneaker"},
      {"traverse", "latent traverse runs/fashion --count 4"},
      {"explore", "latent explore runs/fashion"},
      {"plot", "latent plot latents runs/fashion --out latents.svg"},
      {"compare", "latent compare runs/fashion runs/other"},
      {"compare-pca", "latent compare-pca runs/fashion"},
      {"probe", "latent probe runs/fashion --attribute label"},
      {"disentangle", "latent disentangle runs/fashion --score mig,dci"},
      {"detect", "latent detect runs/fashion photos/ --json"},
      {"features", "latent features train c.json --out features.safetensors"},
      {"prior", "latent prior train --run runs/codes"},
      {"compress", "latent compress --run runs/codes photos/ --out small"},
      {"decompress", "latent decompress --run runs/codes small/ --out photos"},
      {"export", "latent export runs/fashion --out exported"},
      {"doctor", "latent doctor runs/fashion"},
      {"report", "latent report runs/fashion --out report.html"},
      {"runs", "latent runs runs"},
      {"show", "latent show runs/fashion"},
      {"config", "latent config configs/mnist_vae.json --set model.latent_dim=8"},
      {"data", "latent data check photos"},
      {"bench", "latent bench configs/mnist_vae.json --windows 3"},
      {"list", "latent list | less"},
      {"completion", "latent completion bash > latent.bash"},
  };
  const auto found = examples.find(command);
  return found == examples.end() ? "" : found->second;
}

}  // namespace latent::shell
