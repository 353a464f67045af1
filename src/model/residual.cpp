#include "model/residual.h"

#include <ATen/ATen.h>

#include <cmath>

namespace latent {
namespace {

class Residual : public Layer {
 public:
  explicit Residual(std::shared_ptr<Network> branch) {
    branch_ = register_module("branch", std::move(branch));
  }
  Tensor forward(const Tensor& x) override { return x + branch_->forward(x); }
  Tensor forward_noisy(const Tensor& x, const Noise& noise) override {
    return x + branch_->forward(x, noise);
  }
  void use_kernels(bool use) override { branch_->use_kernels(use); }
  void initialize(Initialization kind, at::Generator& generator) override {
    branch_->initialize(kind, generator);
  }
  LayerSpec spec() const override {
    LayerSpec spec;
    spec.kind = "residual";
    for (auto& [name, part] : branch_->specs())
      spec.parts.push_back({"branch." + name, std::move(part)});
    return spec;
  }

 private:
  std::shared_ptr<Network> branch_;
};

class Attention : public Layer {
 public:
  Attention(int64_t channels, std::shared_ptr<Layer> norm) : channels_(channels) {
    if (norm) norm_ = register_module("norm", std::move(norm));
    qkv_ = register_module("qkv", make_conv(channels, 3 * channels, 1, 1));
    out_ = register_module("out", make_conv(channels, channels, 1, 1));
  }
  Tensor forward(const Tensor& x) override {
    const Tensor all = qkv_->forward(norm_ ? norm_->forward(x) : x).flatten(2);  // [B, 3C, N]
    const auto parts = all.chunk(3, 1);                                          // [B, C, N] each
    const double scale = 1 / std::sqrt(static_cast<double>(channels_));
    // [B, N, N]: the share of each key in each query's mean
    const Tensor shares = at::softmax(at::bmm(parts[0].transpose(1, 2), parts[1]) * scale, 2);
    const Tensor mixed = at::bmm(shares, parts[2].transpose(1, 2));  // [B, N, C]
    // Pixels are rows of channels, which is the layout channels_last.
    return x + out_->forward(
                   mixed.view({x.size(0), x.size(2), x.size(3), channels_}).permute({0, 3, 1, 2}));
  }
  void initialize(Initialization kind, at::Generator& generator) override {
    qkv_->initialize(kind, generator);
    out_->initialize(kind, generator);
  }
  LayerSpec spec() const override {
    LayerSpec spec;
    spec.kind = "attention";
    if (norm_) spec.parts.push_back({"norm", norm_->spec()});
    spec.parts.push_back({"qkv", qkv_->spec()});
    spec.parts.push_back({"out", out_->spec()});
    return spec;
  }

 private:
  int64_t channels_;
  std::shared_ptr<Layer> norm_, qkv_, out_;
};

class MeanPool : public Layer {
 public:
  Tensor forward(const Tensor& x) override {
    return at::avg_pool2d(x, {2, 2}, {2, 2}, {0, 0}, /*ceil_mode=*/true,
                          /*count_include_pad=*/false);
  }
  LayerSpec spec() const override { return spec_of_kind("mean_pool"); }
};

class Enlarge : public Layer {
 public:
  explicit Enlarge(std::vector<int64_t> size) : size_(std::move(size)) {}
  Tensor forward(const Tensor& x) override { return at::upsample_nearest2d(x, size_); }
  LayerSpec spec() const override {
    LayerSpec spec = spec_of_kind("enlarge");
    spec.lists["size"] = size_;
    return spec;
  }

 private:
  std::vector<int64_t> size_;
};

}  // namespace

std::shared_ptr<Layer> make_residual(std::shared_ptr<Network> branch) {
  return std::make_shared<Residual>(std::move(branch));
}

std::shared_ptr<Layer> make_attention(int64_t channels, std::shared_ptr<Layer> norm) {
  return std::make_shared<Attention>(channels, std::move(norm));
}

std::shared_ptr<Layer> make_mean_pool() { return std::make_shared<MeanPool>(); }

std::shared_ptr<Layer> make_enlarge(std::vector<int64_t> size) {
  return std::make_shared<Enlarge>(std::move(size));
}

}  // namespace latent
