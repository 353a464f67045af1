// Every encoder and decoder that a config can name, on images of many shapes.
#include "model/autoencoder.h"

#include <map>

#include "model/layer_kinds.h"
#include "model/summary.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

const ImageShape kImageShapes[] = {{1, 28, 20}, {1, 32, 32}, {1, 1, 140}, {3, 64, 48}, {1, 27, 31}};

std::vector<int64_t> batch_of(int64_t count, const ImageShape& shape) {
  return {count, shape.channels, shape.height, shape.width};
}

int64_t running_statistics(const torch::nn::Module& module) {
  int64_t count = 0;
  for (const auto& buffer : module.buffers())
    count += buffer.numel();
  return count;
}

TEST(Autoencoder, EveryEncoderTakesEveryShape) {
  for (const auto& encoder : encoders().names()) {
    for (const auto& decoder : decoders().names()) {
      for (const auto& shape : kImageShapes) {
        SCOPED_TRACE(encoder + " to " + decoder + ", " + shape.text());
        const auto model = make_model(R"({"encoder": ")" + encoder + R"(", "decoder": ")" +
                                          decoder + R"(", "latent_dim": 3})",
                                      shape);
        const Output output =
            model->forward(uniform(batch_of(2, shape)), {}, generator(0, Stream::kLatents));
        EXPECT_EQ(output.decoded.sizes(), batch_of(2, shape));
        EXPECT_EQ(output.latent.z.sizes(), (std::vector<int64_t>{2, 3}));
        EXPECT_TRUE(output.decoded.isfinite().all().item<bool>());
      }
    }
  }
}

// For every kernel and stride the output has the shape of the images, or the error says what to
// change.
TEST(Autoencoder, EveryKernelAndStrideKeepsTheSize) {
  int refused = 0, made = 0;
  for (const auto& shape : kImageShapes) {
    for (int64_t kernel = 2; kernel <= 5; ++kernel) {
      for (int64_t stride = 1; stride <= 3; ++stride) {
        const std::string options =
            R"("kernel": )" + std::to_string(kernel) + R"(, "stride": )" + std::to_string(stride);
        SCOPED_TRACE(shape.text() + " " + options);
        const auto make = [&] {
          return make_model(R"({"encoder": {"channels": [2, 3], )" + options + "}}", shape);
        };
        if (const std::string message = error_of(make); !message.empty()) {
          EXPECT_EQ(message.find("test.json: model.encoder.channels: image " + shape.text() +
                                 " is too small for 2 layers"),
                    0u)
              << message;
          EXPECT_TRUE(shape.height == 1 && kernel % 2 == 0);
          ++refused;
          continue;
        }
        ++made;
        EXPECT_EQ(make()->forward(uniform(batch_of(2, shape))).decoded.sizes(), batch_of(2, shape));
      }
    }
  }
  EXPECT_EQ(refused, 6);
  EXPECT_EQ(made, 54);
}

TEST(Autoencoder, AKernelAndAStrideForEachLayer) {
  const auto model = make_model(
      R"({"encoder": {"channels": [4, 6, 8], "kernel": [5, 4, 3], "stride": [3, 1, 2]}})",
      {3, 31, 29});
  EXPECT_EQ(model->forward(uniform({2, 3, 31, 29})).decoded.sizes(),
            (std::vector<int64_t>{2, 3, 31, 29}));
  const auto weights = model->named_parameters();
  EXPECT_EQ(weights["encoder.conv1.weight"].sizes(), (std::vector<int64_t>{4, 3, 5, 5}));
  EXPECT_EQ(weights["decoder.upconv1.weight"].sizes(), (std::vector<int64_t>{8, 8, 3, 3}));
  EXPECT_EQ(weights["decoder.upconv2.weight"].sizes(), (std::vector<int64_t>{8, 6, 4, 4}));
  EXPECT_EQ(weights["decoder.upconv3.weight"].sizes(), (std::vector<int64_t>{6, 4, 5, 5}));
}

TEST(Autoencoder, ImagesTooSmallForTheLayersAreRefused) {
  expect_error(
      [] {
        make_model(R"({"encoder": {"channels": [4, 4, 4, 4, 4]}})", {1, 4, 4});
      },
      "test.json: model.encoder.channels: image 1x4x4 is too small for 5 layers: only 2 fit; "
      "expected fewer channels, smaller strides or a larger image (data.pad_to, data.size)");
  expect_error(
      [] {
        make_model(R"({"encoder": {"channels": [4], "kernel": 4, "stride": 2}})", {1, 1, 140});
      },
      "test.json: model.encoder.channels: image 1x1x140 is too small for 1 layers: only 0 fit; "
      "expected fewer channels, smaller strides or a larger image (data.pad_to, data.size)");
}

TEST(Autoencoder, OptionsThatDoNotFitTogetherAreRefused) {
  expect_error(
      [] { model_plan(R"({"encoder": {"channels": [4, 8], "kernel": [3, 3, 3]}})"); },
      "test.json: model.encoder.kernel: got 3 values; expected one for all layers or one for each "
      "of the 2 channels");
  expect_error([] { model_plan(R"({"encoder": {"channels": []}})"); },
               "test.json: model.encoder.channels: got []; expected at least one layer, for "
               "example [32, 64]");
  expect_error([] { model_plan(R"({"decoder": {"output_kernel": 4}})"); },
               "test.json: model.decoder.output_kernel: got 4; expected an odd number, which keeps "
               "the image's size");
}

TEST(Autoencoder, TheDecoderMirrorsTheEncoder) {
  const ImageShape shape{1, 16, 16};
  const auto names = [&](const std::string& text) {
    std::map<std::string, std::vector<int64_t>> sizes;
    const auto model = make_model(text, shape);
    for (const auto& item : model->named_parameters())
      sizes[item.key()] = item.value().sizes().vec();
    return sizes;
  };
  EXPECT_EQ(names(R"({"encoder": {"channels": [4, 8], "kernel": [3, 5], "dense": [20, 10]}})"),
            names(R"({"encoder": {"channels": [4, 8], "kernel": [3, 5], "dense": [20, 10]},
                      "decoder": {"name": "conv", "channels": [8, 4], "kernel": [5, 3], "dense": [10, 20]}})"));
  EXPECT_EQ(names(R"({"encoder": {"name": "dense", "hidden": [9, 5]}})"),
            names(R"({"encoder": {"name": "dense", "hidden": [9, 5]},
                      "decoder": {"name": "dense", "hidden": [5, 9]}})"));
  // The decoder's own keys override the mirror image.
  const auto own = names(R"({"encoder": {"channels": [4, 8]}, "decoder": {"channels": [6, 5]}})");
  EXPECT_EQ(own.at("decoder.upconv1.weight"), (std::vector<int64_t>{6, 6, 3, 3}));
  EXPECT_EQ(own.at("decoder.upconv2.weight"), (std::vector<int64_t>{6, 5, 3, 3}));
}

// The numbers that Keras prints for the book's models.
TEST(Autoencoder, TheBooksParameterCounts) {
  const std::string conv = R"("encoder": {"channels": [32, 64, 128], "kernel": 3, "stride": 2})";
  EXPECT_EQ(count_parameters(*make_model("{" + conv + R"(, "bottleneck": "point"})", {1, 32, 32})),
            343043);
  EXPECT_EQ(
      count_parameters(*make_model("{" + conv + R"(, "bottleneck": "gaussian"})", {1, 32, 32})),
      347141);
  const auto faces = make_model(R"({
      "encoder": {"channels": [128, 128, 128, 128], "activation": "leaky_relu", "normalization": "batch"},
      "decoder": {"projection": "block"}, "latent_dim": 200})",
                                {3, 32, 32});
  EXPECT_EQ(count_parameters(*faces) + running_statistics(*faces), 1354387);
}

TEST(Autoencoder, SummaryCountsWhatTheModelHas) {
  const auto model =
      make_model(R"({"encoder": {"channels": [4, 8], "normalization": "batch"}, "latent_dim": 3})",
                 {1, 12, 12});
  const auto rows = summarize(model->spec());
  int64_t parameters = 0, statistics = 0;
  for (const auto& row : rows) {
    parameters += row.parameters;
    statistics += row.statistics;
  }
  EXPECT_EQ(parameters, count_parameters(*model));
  EXPECT_EQ(statistics, running_statistics(*model));
  EXPECT_EQ(rows.front().name, "encoder.conv1");
  EXPECT_EQ(rows.front().description, "conv 3x3, stride 2");
  EXPECT_EQ(rows.front().shape, (std::vector<int64_t>{4, 6, 6}));
  EXPECT_EQ(rows.back().shape, (std::vector<int64_t>{1, 12, 12}));
  const std::string table = summary_table(rows);
  EXPECT_NE(table.find("encoder.conv1"), std::string::npos);
  EXPECT_NE(table.find(std::to_string(parameters) + " trainable parameters, " +
                       std::to_string(parameters + statistics) +
                       " with the running statistics of batch normalisation"),
            std::string::npos);
}

TEST(Autoencoder, EveryEncoderHasADecoderByDefault) {
  for (const auto& row : encoders().rows())
    EXPECT_NO_THROW(decoders().find(row.decoder, row.name));
}

TEST(Autoencoder, EqualSeedsMakeEqualWeights) {
  for (const auto& name : encoders().names()) {
    const std::string text = R"({"encoder": ")" + name + "\"}";
    const auto a = make_model(text, {1, 16, 16}, 3), b = make_model(text, {1, 16, 16}, 3),
               c = make_model(text, {1, 16, 16}, 4);
    const auto wa = a->named_parameters(), wb = b->named_parameters(), wc = c->named_parameters();
    for (const auto& item : wa) {
      EXPECT_TRUE(torch::equal(item.value(), wb[item.key()])) << item.key();
      // Normalisation begins with ones and zeros.
      if (item.key().find("norm") != std::string::npos) continue;
      EXPECT_FALSE(torch::equal(item.value(), wc[item.key()])) << item.key();
    }
  }
}

// Not a term added to the code: what a condition changes in it depends on the image.
TEST(Autoencoder, EveryLayerOfTheEncoderSeesTheCondition) {
  const Tensor images = uniform({2, 1, 16, 16});
  const Tensor one = at::tensor({1.0F, 0.0F, 0.0F}).view({1, 3}),
               other = at::tensor({0.0F, 0.0F, 1.0F}).view({1, 3});
  for (const auto& name : encoders().names()) {
    SCOPED_TRACE(name);
    const std::string text = R"({"encoder": ")" + name + "\"}";
    const ImageShape shape{1, 16, 16};
    const auto model = model_plan(text).make(shape, shape, 0, /*condition_size=*/3);
    model->eval();
    const at::NoGradGuard no_grad;
    const Tensor changed = model->encode(images, one).code - model->encode(images, other).code;
    EXPECT_GT((changed[0] - changed[1]).abs().max().item<float>(), 1e-6F);
    // Nothing known is a condition of zeros.
    EXPECT_TRUE(
        at::equal(model->encode(images).code, model->encode(images, at::zeros({2, 3})).code));
  }
}

TEST(Autoencoder, TheSummaryCountsTheConditionsPlane) {
  const ImageShape shape{3, 4, 6};
  const auto model = model_plan(R"({"encoder": "dense"})").make(shape, shape, 0, 5);
  const ModelSpec spec = model->spec();
  ASSERT_EQ(spec.plane.size(), 2U);
  EXPECT_EQ(parameter_count(spec.plane[0].spec), 5 * 24 + 24);
  int64_t counted = 0, parameters = 0;
  for (const auto& row : summarize(spec))
    counted += row.parameters;
  for (const auto& parameter : model->parameters())
    parameters += parameter.numel();
  EXPECT_EQ(counted, parameters);
}

TEST(Autoencoder, WrongShapesNameWhatWasExpected) {
  const auto model = make_model(R"({"encoder": "dense"})", {1, 8, 8});
  try {
    model->encode(uniform({2, 1, 8, 9}));
    FAIL() << "took images of another shape";
  } catch (const c10::Error& error) {
    EXPECT_EQ(std::string(error.what_without_backtrace()),
              "images to encode: got shape [2, 1, 8, 9], expected [-1, 1, 8, 8]");
  }
  EXPECT_THROW(model->decode(uniform({2, 3})), c10::Error);
}

}  // namespace
}  // namespace latent
