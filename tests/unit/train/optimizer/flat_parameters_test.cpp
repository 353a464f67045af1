// Parameters and gradients in one flat buffer each.
#include "train/optimizer/flat_parameters.h"

#include "unit/expect.h"
#include "unit/experiments.h"
#include "unit/small_network.h"

namespace latent {
namespace {

// The network without an activation in double precision: what it computes, and the sums of that
// over absolute values.
struct Exact {
  Exact() {
    network->to(at::kDouble);
    absolute->to(at::kDouble);
    const torch::NoGradGuard no_grad;
    for (Tensor& parameter : absolute->parameters())
      parameter.abs_();
  }
  std::shared_ptr<Network> network = make_network(), absolute = make_network();
};

// Terms in the sums of the two layers, one after the other, forward; and backward, of two images.
constexpr double kForwardTerms = (3 * 9 + 1) + (64 + 1), kBackwardTerms = 5 + 2 * 16;

TEST(FlatParameters, KeepTheirValues) {
  const auto network = make_network(), twin = make_network();
  const FlatParameters flat({{"model.", network.get()}});
  EXPECT_EQ(flat.values().sizes(), std::vector<int64_t>{count_parameters(*twin)});
  const auto now = network->named_parameters(), before = twin->named_parameters();
  for (const auto& [name, view] : flat.views(flat.values())) {
    ASSERT_TRUE(name.starts_with("model."));
    expect_tensor_near(view, before[name.substr(6)], 0);
    expect_tensor_near(now[name.substr(6)], before[name.substr(6)], 0);
  }
  const Tensor images = uniform({2, 3, 8, 8}), exact = images.to(at::kDouble);
  expect_tensor_near(network->forward(images), Exact().network->forward(exact),
                     rounding(Exact().absolute->forward(exact), kForwardTerms));
}

TEST(FlatParameters, ParametersAreViewsOfTheBuffer) {
  const auto network = make_network();
  const FlatParameters flat({{"", network.get()}});
  flat.values().fill_(0.25);
  for (const auto& parameter : network->parameters()) {
    expect_tensor_near(parameter, torch::full_like(parameter, 0.25), 0);
    EXPECT_TRUE(parameter.requires_grad());
  }
  EXPECT_FALSE(flat.values().requires_grad());
}

TEST(FlatParameters, ConvolutionsKeepChannelsLast) {
  const auto network = make_network();
  const FlatParameters flat({{"", network.get()}});
  const auto parameters = network->named_parameters();
  EXPECT_EQ(parameters["conv.weight"].strides(), (std::vector<int64_t>{27, 1, 9, 3}));
  EXPECT_TRUE(parameters["conv.weight"].is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(parameters["dense.weight"].is_contiguous());
}

TEST(FlatParameters, GradientsArriveInTheFlatBuffer) {
  const auto network = make_network();
  FlatParameters flat({{"", network.get()}});
  const Tensor images = uniform({2, 3, 8, 8});
  const Exact exact;
  for (const auto& each : {exact.network, exact.absolute})
    each->forward(images.to(at::kDouble)).square().sum().backward();
  const void* storage = flat.gradients().data_ptr();
  for (int pass = 1; pass <= 2; ++pass) {  // nothing stays of the first
    flat.drop_gradients();
    network->forward(images).square().sum().backward();
    flat.gather_gradients();
    const auto expected = exact.network->named_parameters(),
               terms = exact.absolute->named_parameters();
    for (const auto& [name, view] : flat.views(flat.gradients())) {
      expect_tensor_near(view, expected[name].grad(),
                         rounding(terms[name].grad(), kForwardTerms + kBackwardTerms));
    }
  }
  EXPECT_EQ(flat.gradients().data_ptr(), storage);
  flat.drop_gradients();
  flat.gather_gradients();
  EXPECT_EQ(flat.gradients().abs().max().item<double>(), 0);
}

TEST(FlatParameters, SeveralModules) {
  const auto a = make_network(1), b = make_network(2);
  const FlatParameters flat({{"a.", a.get()}, {"b.", b.get()}});
  EXPECT_EQ(flat.values().numel(), 2 * count_parameters(*a));
  expect_tensor_near(a->parameters().front(), make_network(1)->parameters().front(), 0);
  expect_tensor_near(b->parameters().back(), make_network(2)->parameters().back(), 0);
  EXPECT_EQ(flat.views(flat.values()).front().first, "a.conv.weight");
  EXPECT_EQ(flat.views(flat.values()).back().first, "b.dense.bias");
}

// Tested on the meta device, which has only shapes; the CPU's buffer has no gaps.
TEST(FlatParameters, EachBeginsAtAMultipleOf64BytesOnADevice) {
  torch::nn::Module module;
  const std::vector<std::vector<int64_t>> sizes{{4, 3, 3, 3}, {4}, {5, 64}, {2}};
  for (size_t i = 0; i < sizes.size(); ++i)
    module.register_parameter(std::to_string(i), torch::empty(sizes[i], c10::kMeta));
  const FlatParameters flat({{"", &module}});
  EXPECT_EQ(flat.values().numel(), 112 + 16 + 320 + 16);
  const auto views = flat.views(flat.gradients());
  for (size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_EQ(views[i].second.storage_offset() % 16, 0) << i;
    EXPECT_EQ(views[i].second.sizes(), c10::IntArrayRef(sizes[i])) << i;
  }
}

}  // namespace
}  // namespace latent
