// The training of a prior: it learns what codes follow each other, and resumes bit for bit.
#include "prior/prior_training.h"

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "core/log.h"
#include "core/random.h"
#include "unit/expect.h"
#include "unit/experiments.h"

namespace latent {
namespace {

// Maps of 2 x 2 of four codes: the second row repeats the first.
CodedImages repeated_rows(int64_t images, uint64_t seed) {
  auto noise = generator(seed, Stream::kSample);
  const Tensor row = at::randint(4, {images, 1, 2}, noise, at::kLong);
  const Tensor indices = row.expand({images, 2, 2}).reshape({images, 4}).contiguous();
  return {.indices = indices, .condition = indices.narrow(1, 0, 1).to(at::kFloat)};
}

const TransformerPlan kTiny{
    .codes = 4, .places = 4, .row = 2, .layers = 1, .channels = 16, .heads = 2, .condition = 1};

struct PriorFixture {
  std::shared_ptr<CodeTransformer> network;
  std::unique_ptr<PriorTrainer> trainer;
};

PriorFixture prior_in(const std::filesystem::path& folder, const PriorOptions& options,
                      bool resume) {
  const RunDirectory run =
      resume ? RunDirectory::open(folder)
             : RunDirectory::create(folder, false, "{}", nlohmann::ordered_json::object());
  PriorFixture made{.network = std::make_shared<CodeTransformer>(kTiny), .trainer = nullptr};
  auto noise = generator(0, Stream::kWeights);
  made.network->initialize(noise);
  made.network->set_frequencies(repeated_rows(300, 1).indices);
  made.trainer = std::make_unique<PriorTrainer>(
      options, made.network, repeated_rows(300, 1), repeated_rows(100, 2), run,
      std::map<std::string, std::string>{}, c10::kCPU, true);
  if (resume) {
    const auto path = run.checkpoint("last");
    made.trainer->restore(read_tensors(path), path);
  }
  return made;
}

class PriorTraining : public testing::Test {
 protected:
  void SetUp() override { log::set_level(log::Level::kQuiet); }
  void TearDown() override { log::set_level(log::Level::kNormal); }
  TemporaryFolder folder_;
};

TEST_F(PriorTraining, LearnsWhichCodesFollow) {
  const PriorOptions options{.epochs = 40, .batch_size = 50, .learning_rate = 0.01};
  const auto made = prior_in(folder_ / "p", options, false);
  const CodedImages test = repeated_rows(200, 3);
  EXPECT_NEAR(mean_bits(*made.network, test, c10::kCPU), 8, 0.2);
  made.trainer->train();
  // Two codes of four are 4 bits, and the others follow; the condition was left out, which a tenth
  // of the training images show.
  const double bits = mean_bits(*made.network, {test.indices, {}}, c10::kCPU);
  EXPECT_LT(bits, 5.4);
  // The condition tells the first code: 2 bits less.
  const double told = mean_bits(*made.network, test, c10::kCPU);
  EXPECT_LT(told, 2.8);
  const MetricsTable metrics = read_metrics(folder_ / "p" / "metrics.csv");
  EXPECT_EQ(metrics.rows.size(), 40u);
  EXPECT_EQ(metrics.columns.back(), "val_bits");
  EXPECT_LT(metrics.column("train_bits").back(), metrics.column("train_bits").front());
  EXPECT_NEAR(made.trainer->state().best_bits, told, 0.5);
}

// Stopped and continued inside an epoch, by the checkpoint that a signal would have written.
TEST_F(PriorTraining, ResumesToTheSameBits) {
  PriorOptions options{.epochs = 4, .batch_size = 64, .learning_rate = 0.01};
  prior_in(folder_ / "whole", options, false).trainer->train();
  {
    // The schedule depends on the number of epochs: the part must believe in all four.
    const auto part = prior_in(folder_ / "parts", options, false);
    part.trainer->train(7);
  }
  const auto rest = prior_in(folder_ / "parts", options, true);
  EXPECT_EQ(rest.trainer->state().step, 7);
  EXPECT_EQ(rest.trainer->state().batch, 2);
  rest.trainer->train();
  const TensorFile one = read_tensors(folder_ / "whole/checkpoints/last.safetensors"),
                   other = read_tensors(folder_ / "parts/checkpoints/last.safetensors");
  ASSERT_EQ(one.tensors.size(), other.tensors.size());
  for (const auto& [name, tensor] : one.tensors)
    EXPECT_TRUE(torch::equal(tensor, other.tensors.at(name))) << name;
  const MetricsTable first = read_metrics(folder_ / "whole/metrics.csv"),
                     second = read_metrics(folder_ / "parts/metrics.csv");
  for (const char* column : {"epoch", "train_bits", "val_bits", "learning_rate"})
    EXPECT_EQ(first.column(column), second.column(column)) << column;
}

TEST_F(PriorTraining, ACheckpointOfAnotherNetworkIsRefused) {
  const PriorOptions options{.epochs = 1};
  prior_in(folder_ / "p", options, false).trainer->train();
  const auto path = folder_ / "p/checkpoints/last.safetensors";
  TransformerPlan plan = kTiny;
  plan.codes = 5;
  CodeTransformer other(plan);
  EXPECT_NE(error_of([&] { load_network(other, read_tensors(path), path); }).find("prior.before"),
            std::string::npos);
}

}  // namespace
}  // namespace latent
