// Layers: sizes, layouts, initial weights, dropout, and networks inside layers.
#include "model/layers.h"

#include <cmath>

#include "kernel/allowed.h"
#include "model/network.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

Tensor named(const torch::nn::Module& module, const std::string& name) {
  return module.named_parameters()[name];
}

std::shared_ptr<Layer> initialized(std::shared_ptr<Layer> layer, Initialization kind) {
  auto weights = generator(5, Stream::kWeights);
  layer->initialize(kind, weights);
  return layer;
}

TEST(Layers, ConvSizeIsTheSizeOfTheOutput) {
  for (int64_t size = 1; size <= 9; ++size) {
    for (int64_t kernel = 1; kernel <= 7; ++kernel) {
      for (int64_t stride = 1; stride <= 4; ++stride) {
        SCOPED_TRACE(testing::Message()
                     << "size " << size << " kernel " << kernel << " stride " << stride);
        const int64_t got = conv_size(size, kernel, stride);
        if (size + 2 * ((kernel - 1) / 2) < kernel) {
          EXPECT_LT(got, 1);  // the kernel does not fit
          continue;
        }
        const auto layer = initialized(make_conv(1, 1, kernel, stride), Initialization::kTorch);
        const Tensor small = layer->forward(torch::ones({1, 1, size, size}));
        ASSERT_EQ(small.size(2), got);
        const auto back = initialized(make_up_conv(1, 1, kernel, stride, {got, got}, {size, size}),
                                      Initialization::kTorch);
        EXPECT_EQ(back->forward(small).sizes(), (std::vector<int64_t>{1, 1, size, size}));
      }
    }
  }
}

struct Expected {
  const char* what;
  std::shared_ptr<Layer> (*make)();
  double fan_in, fan_out;
};
const Expected kLayers[] = {
    {"conv", [] { return make_conv(8, 32, 3, 2); }, 8 * 9, 32 * 9},
    // The second axis counts as "in" for a transposed kernel, in both frameworks.
    {"upconv",
     [] {
       return make_up_conv(8, 32, 3, 2, {4, 4}, {8, 8});
     },
     32 * 9, 8 * 9},
    {"dense", [] { return make_dense(50, 100); }, 50, 100},
};

// |x| <= bound, filling the interval, and centred.
void expect_uniform(const Tensor& x, double bound) {
  EXPECT_LE(x.abs().max().item<double>(), bound);
  if (x.numel() < 1000) return;
  EXPECT_GT(x.max().item<double>(), 0.99 * bound);
  EXPECT_LT(x.min().item<double>(), -0.99 * bound);
  EXPECT_NEAR(x.mean().item<double>(), 0.0,
              4 * bound / std::sqrt(3.0 * static_cast<double>(x.numel())));
  EXPECT_NEAR(x.var().item<double>() / (bound * bound / 3), 1.0, 0.1);
}

TEST(Layers, KerasWeightsAreGlorotUniform) {
  for (const auto& layer : kLayers) {
    SCOPED_TRACE(layer.what);
    const auto made = initialized(layer.make(), Initialization::kKeras);
    expect_uniform(named(*made, "weight"), std::sqrt(6.0 / (layer.fan_in + layer.fan_out)));
    EXPECT_EQ(named(*made, "bias").abs().max().item<double>(), 0.0);
  }
}

TEST(Layers, TorchWeightsAreKaimingUniform) {
  for (const auto& layer : kLayers) {
    SCOPED_TRACE(layer.what);
    const auto made = initialized(layer.make(), Initialization::kTorch);
    expect_uniform(named(*made, "weight"), 1 / std::sqrt(layer.fan_in));
    expect_uniform(named(*made, "bias"), 1 / std::sqrt(layer.fan_in));
    EXPECT_GT(named(*made, "bias").abs().max().item<double>(), 0.0);
  }
}

TEST(Layers, FlattenKeepsTheLogicalOrder) {
  const Tensor x = torch::arange(24.0).view({1, 2, 3, 4});
  const Tensor last = x.contiguous(at::MemoryFormat::ChannelsLast);
  expect_tensor_near(make_flatten()->forward(last), torch::arange(24.0).view({1, 24}), 0);
}

TEST(Layers, UnflattenUndoesFlatten) {
  const Tensor x = uniform({2, 3, 4, 5});
  const Tensor back = make_unflatten(3, 4, 5)->forward(make_flatten()->forward(x));
  expect_tensor_near(back, x, 0);
  EXPECT_TRUE(back.is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(Layers, DropoutOnlyWhileTraining) {
  torch::manual_seed(1);
  const auto layer = make_dropout(0.25);
  const Tensor x = torch::ones({1, 10000});
  const Tensor dropped = layer->forward(x);
  const double zeros = (dropped == 0).to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(zeros, 0.25, 0.03);
  EXPECT_NEAR(dropped.max().item<double>(), 1 / 0.75, 1e-6);
  layer->eval();
  EXPECT_TRUE(torch::equal(layer->forward(x), x));
}

// A layer that holds a network, as a residual block does.
class Nested : public Layer {
 public:
  explicit Nested(std::shared_ptr<Layer> inner) {
    network_ = register_module("network", std::make_shared<Network>());
    network_->add("inner", std::move(inner));
  }
  Tensor forward(const Tensor& x) override { return x + network_->forward(x); }
  LayerSpec spec() const override { return spec_of_kind("nested"); }
  void use_kernels(bool use) override { network_->use_kernels(use); }

 private:
  std::shared_ptr<Network> network_;
};

// Has an operation of its own, which gives another result.
class TwoWays : public Layer {
 public:
  Tensor forward(const Tensor& x) override { return 2 * x; }
  std::optional<Tensor> forward_activated(const Tensor& x, double) override { return 3 * x; }
  LayerSpec spec() const override { return spec_of_kind("two_ways"); }
};

TEST(Network, UseKernelsReachesNetworksInsideLayers) {
  Network network;
  network.add("nested", std::make_shared<Nested>(std::make_shared<TwoWays>()));
  const auto result = [&] { return network.forward(torch::ones({1})).item<double>(); };
  network.use_kernels(false);
  EXPECT_EQ(result(), 1 + 2);
  network.use_kernels(true);
  EXPECT_EQ(result(), 1 + (kernel::allowed() == kernel::Allowed::kNothing ? 2 : 3));
}

}  // namespace
}  // namespace latent
