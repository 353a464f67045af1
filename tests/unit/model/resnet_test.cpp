// Residual networks: their layers worked out by hand, their sizes, gradients, and maps of latents.
#include "model/residual.h"

#include <cmath>

#include "model/layer_kinds.h"
#include "model/summary.h"
#include "unit/expect.h"
#include "unit/training.h"

namespace latent {
namespace {

const ImageShape kOddImage{3, 27, 18};

std::string model_text(const std::string& options, const std::string& more = "") {
  return R"({"encoder": {"name": "resnet", "channels": [8, 16], )" + options + "}" + more + "}";
}

void fill(const torch::nn::Module& module, const std::string& name,
          const std::vector<float>& values) {
  const torch::NoGradGuard no_grad;
  Tensor tensor = module.named_parameters()[name];
  tensor.copy_(at::tensor(values).view(tensor.sizes()));
}

TEST(Residual, AddsTheBranch) {
  auto branch = std::make_shared<Network>();
  branch->add("act1", make_activation("relu", 0, branch->output_is_free()));
  branch->add("conv1", make_conv(1, 1, 1, 1));
  const auto layer = make_residual(branch);
  fill(*layer, "branch.conv1.weight", {3});
  fill(*layer, "branch.conv1.bias", {1});
  const Tensor x = at::tensor({-2.0F, 5.0F}).view({1, 1, 1, 2});
  expect_tensor_near(layer->forward(x), at::tensor({-1.0F, 21.0F}).view({1, 1, 1, 2}), 1e-6);
  EXPECT_EQ(x[0][0][0][0].item<float>(), -2) << "the input is read again and stays";
  EXPECT_EQ(layer->spec().parts[1].name, "branch.conv1");
  EXPECT_EQ(description(layer->spec()), "residual block of 2 layers");
}

// Two pixels of one channel, query = x, key = x, value = 2 x, out = 1.
TEST(Attention, IsAMeanWeightedBySimilarity) {
  const auto layer = make_attention(1, nullptr);
  fill(*layer, "qkv.weight", {1, 1, 2});
  fill(*layer, "qkv.bias", {0, 0, 0});
  fill(*layer, "out.weight", {1});
  fill(*layer, "out.bias", {0});
  const Tensor x = at::tensor({0.0F, 1.0F}).view({1, 1, 1, 2});
  // The first pixel's query is 0: both weigh 1/2. The second's products are 0 and 1.
  const float second = static_cast<float>(1 + 2 * std::exp(1) / (1 + std::exp(1)));
  expect_tensor_near(layer->forward(x), at::tensor({1.0F, second}).view({1, 1, 1, 2}), 1e-6);
  const auto wide = make_attention(4, nullptr);
  // 12 x 4 and 4 x 4 weights at each of 6 pixels, and twice 6 x 6 products of 4.
  EXPECT_EQ(multiply_adds(wide->spec(), {4, 2, 3}), 6 * (48 + 16) + 2 * 36 * 4);
}

TEST(Attention, IsThatOfLibTorchInDoublePrecision) {
  const auto layer = make_attention(6, nullptr);
  auto weights = generator(1, Stream::kWeights);
  layer->initialize(Initialization::kTorch, weights);
  layer->to(at::kDouble);
  const Tensor x = normal({2, 6, 3, 4}).to(at::kDouble);
  const auto named = layer->named_parameters();
  const Tensor all = at::conv2d(x, named["qkv.weight"], named["qkv.bias"]).flatten(2);
  const auto head = [&](int64_t i) {
    return all.narrow(1, 6 * i, 6).transpose(1, 2).unsqueeze(1);  // [B, 1, N, C]
  };
  const Tensor mixed = at::scaled_dot_product_attention(head(0), head(1), head(2));
  const Tensor out = at::conv2d(mixed.squeeze(1).transpose(1, 2).reshape({2, 6, 3, 4}),
                                named["out.weight"], named["out.bias"]);
  expect_tensor_near(layer->forward(x), x + out, 1e-12);
}

TEST(MeanPool, TakesWhatIsThereAtAnOddEdge) {
  const Tensor x = at::arange(9, at::kFloat).view({1, 1, 3, 3});
  expect_tensor_near(make_mean_pool()->forward(x),
                     at::tensor({2.0F, 3.5F, 6.5F, 8.0F}).view({1, 1, 2, 2}), 1e-6);
}

TEST(Enlarge, TakesTheNearestPixel) {
  const Tensor x = at::tensor({1.0F, 2.0F}).view({1, 1, 1, 2});
  expect_tensor_near(make_enlarge({1, 3})->forward(x),
                     at::tensor({1.0F, 1.0F, 2.0F}).view({1, 1, 1, 3}), 0);
}

// Every option, at odd sizes: the size of the images comes back, every weight has a gradient, and
// the specs say what the layers do.
TEST(Resnet, EveryOptionKeepsTheSizeAndLearns) {
  for (const std::string options :
       {R"("blocks": 2)", R"("resample": "resize")", R"("attention": [7])",
        R"("normalization": "none", "activation": "relu")",
        R"("dropout": 0.2, "attention": [14, 7], "resample": "resize")"}) {
    for (const std::string more : {"", R"(, "latent_shape": [2, 7, 5])",
                                   R"(, "latent_shape": [2, 7, 5], "bottleneck": "point")"}) {
      SCOPED_TRACE(options + more);
      const auto model = make_model(model_text(options, more), kOddImage);
      model->train();
      const Output output =
          model->forward(uniform({2, 3, 27, 18}), {}, generator(0, Stream::kLatents),
                         generator(0, Stream::kDropout));
      EXPECT_EQ(output.decoded.sizes(), (std::vector<int64_t>{2, 3, 27, 18}));
      at::square(output.decoded).sum().backward();
      for (const auto& item : model->named_parameters()) {
        ASSERT_TRUE(item.value().grad().defined()) << item.key();
        EXPECT_TRUE(item.value().grad().isfinite().all().item<bool>()) << item.key();
        EXPECT_GT(item.value().grad().abs().max().item<double>(), 0) << item.key();
      }
      const auto rows = summarize(model->spec());
      EXPECT_EQ(rows.back().shape, (std::vector<int64_t>{3, 27, 18}));
      int64_t parameters = 0;
      for (const auto& row : rows)
        parameters += row.parameters;
      EXPECT_EQ(parameters, count_parameters(*model));
    }
  }
}

TEST(Resnet, TheDecoderMirrorsTheEncoder) {
  const auto model = make_model(model_text(R"("blocks": 2, "attention": [7])"), kOddImage);
  std::string names;
  for (const auto& row : summarize(model->spec()))
    names += row.name + " ";
  EXPECT_EQ(names,
            "encoder.conv1 encoder.block1_1 encoder.block1_2 encoder.conv2 encoder.block2_1 "
            "encoder.block2_2 encoder.attention2 encoder.norm_end encoder.act_end encoder.flatten "
            "bottleneck.mean bottleneck.logvar decoder.projection decoder.reshape decoder.block1_1 "
            "decoder.block1_2 decoder.attention1 decoder.upconv1 decoder.block2_1 decoder.block2_2 "
            "decoder.upconv2 decoder.norm_end decoder.act_end decoder.output ");
}

TEST(Resnet, WhatDoesNotFitIsRefused) {
  const auto refused = [](const std::string& options, const std::string& more = "") {
    return error_of([&] { make_model(model_text(options, more), kOddImage); });
  };
  EXPECT_EQ(refused(R"("attention": [8])"),
            "test.json: model.encoder.attention: got 8, but the stages' maps have the sizes 14, 7; "
            "expected some of these, or []");
  EXPECT_EQ(error_of([] {
              make_model(R"({"encoder": {"name": "resnet", "channels": [8, 8, 8, 8]}})", {1, 4, 4});
            }),
            "test.json: model.encoder.channels: image 1x4x4 is too small for 4 stages: only 2 fit; "
            "expected fewer channels or a larger image (data.pad_to, data.size)");
  EXPECT_EQ(refused(R"("normalization": {"name": "group", "groups": 3})"),
            "test.json: model.encoder.normalization.groups: 3 groups do not divide 8 channels; "
            "expected a divisor of every layer's channels");
  EXPECT_EQ(
      refused(R"("blocks": 1)", R"(, "latent_shape": [2, 8, 8])"),
      "test.json: model.latent_shape: got [2, 8, 8]; the encoder makes a map of 7x5 of images "
      "of 3x27x18; expected [2, 7, 5], or another number of model.encoder.channels");
  EXPECT_EQ(refused(R"("blocks": 1)", R"(, "latent_shape": [2, 8])"),
            "test.json: model.latent_shape: got [2,8]; expected [depth, height, width], such as "
            "[4, 8, 8], or []");
  EXPECT_EQ(
      refused(R"("blocks": 1)", R"(, "latent_shape": [2, 7, 5], "latent_dim": 3)"),
      "test.json: model.latent_dim: got 3, but model.latent_shape has 70 values; expected one "
      "of the two keys");
  EXPECT_EQ(
      refused(R"("blocks": 1)", R"(, "latent_shape": [2, 7, 5], "decoder": {"channels": [8]})"),
      "test.json: model.decoder.channels: the latents are a map of 7x5, the first stage's is "
      "14x9; expected as many stages as the encoder's");
  EXPECT_EQ(refused(R"("blocks": 1)", R"(, "latent_shape": [70000, 7, 5])").substr(0, 29),
            "test.json: model.latent_shape");
}

TEST(Resnet, TheLatentsOfAMapAreCounted) {
  const ModelPlan plan = model_plan(R"({"encoder": "resnet", "latent_shape": [4, 8, 8]})");
  EXPECT_EQ(plan.latent_dim, 256);
  const auto model =
      make_model(R"({"latent_shape": [3, 2, 2], "encoder": {"channels": [4, 4]}})", {1, 8, 8});
  EXPECT_EQ(model->latent_dim(), 12);
  EXPECT_EQ(model->bottleneck().shape(), (LatentShape{3, 2, 2}));
  const Latent latent = model->encode(uniform({2, 1, 8, 8}));
  EXPECT_EQ(latent.z.sizes(), (std::vector<int64_t>{2, 3, 2, 2}));
  expect_tensor_near(model->decode(latent.z), model->decode(latent.z.flatten(1)), 1e-6);
  auto noise = generator(0, Stream::kSample);
  EXPECT_EQ(model->bottleneck().prior()->sample(5, 1, noise).sizes(),
            (std::vector<int64_t>{5, 12}));
}

TEST_F(TrainerTest, AResidualNetworkIsResumedExactly) {
  const std::vector<std::string> settings{
      R"(model.encoder={"name": "resnet", "channels": [8, 8], "dropout": 0.1, "attention": [4]})",
      "model.latent_shape=[2, 2, 2]", "model.latent_dim=8", "train.ema=0.9"};
  auto half = settings;
  half.emplace_back("train.epochs=2");
  train(kEverything, folder_ / "whole", settings);
  train(kEverything, folder_ / "parts", half);
  train(kEverything, folder_ / "parts", settings, true);
  EXPECT_EQ(first_difference(last(folder_ / "whole"), last(folder_ / "parts")), "");
  expect_equal_losses(folder_ / "whole", folder_ / "parts");
}

TEST(Resnet, OurKernelsComputeWhatLibTorchDoes) {
  const auto model = make_model(model_text(R"("attention": [7], "activation": "relu")"), kOddImage);
  const Tensor images = uniform({3, 3, 27, 18}).contiguous(at::MemoryFormat::ChannelsLast);
  const torch::NoGradGuard no_grad;
  const Tensor ours = model->forward(images).decoded;
  model->use_kernels(false);
  expect_tensor_near(ours, model->forward(images).decoded, 1e-4);
}

}  // namespace
}  // namespace latent
