// The logic of the fast path on the CPU, where a twin of a CUDA graph runs the recorded work
// itself: its steps must equal fetching and training by hand, bit for bit.
#include "train/stepper.h"

#include <cmath>
#include <stdexcept>

#include "core/log.h"
#include "core/system/file.h"
#include "unit/expect.h"
#include "unit/own_parts.h"
#include "unit/stepping.h"

namespace latent {
namespace {

constexpr int64_t kTwinSteps = 210,
                  kTwinFullSteps = 140;  // of 21 images, 8 at a time: two full, one short

// Counts the calls of the twins.
struct Calls {
  int64_t runs = 0, captures = 0, replays = 0, sent = 0, received = 0;
  size_t generators = 0;
  std::string refusal;  // what `capture` throws, if not empty
};

class TwinGraph : public DeviceGraph {
 public:
  explicit TwinGraph(Calls& calls) : calls_(calls) {}
  void run(const std::function<void()>& work) override {
    ++calls_.runs;
    work();
  }
  void capture(const std::function<void()>& work,
               const std::vector<at::Generator>& generators) override {
    ++calls_.captures;
    calls_.generators = generators.size();
    if (!calls_.refusal.empty()) throw std::runtime_error(calls_.refusal);
    recorded_ = work;
  }
  void replay() override {
    ++calls_.replays;
    recorded_();
  }

 private:
  Calls& calls_;
  std::function<void()> recorded_;
};

// Copies late, as the device would, so that a slot filled too early is detected.
class TwinFeed : public HostFeed {
 public:
  TwinFeed(Calls& calls, c10::IntArrayRef sizes, at::ScalarType type) : calls_(calls) {
    for (auto& slot : slots_)
      slot = at::empty(sizes, type);
  }
  Tensor stage() override { return slots_[calls_.sent % 2]; }
  void send() override { ++calls_.sent; }
  void receive(Tensor target) override {
    ASSERT_LT(calls_.received, calls_.sent) << "nothing is on its way";
    target.copy_(slots_[calls_.received++ % 2]);
  }

 private:
  Calls& calls_;
  Tensor slots_[2];
};

DeviceTools twins(Calls& calls) {
  return {.make_graph = [&calls] { return std::make_unique<TwinGraph>(calls); },
          .make_feed =
              [&calls](c10::IntArrayRef sizes, at::ScalarType type) {
                return std::make_unique<TwinFeed>(calls, sizes, type);
              }};
}

class StepperTest : public testing::Test {
 protected:
  void SetUp() override { log::set_level(log::Level::kQuiet); }
  void TearDown() override { log::set_level(log::Level::kNormal); }

  // Trains by hand and with the twins, and compares on the way.
  void expect_same_bits(const std::vector<std::string>& settings,
                        std::optional<int64_t> room = {}) {
    const DeviceTools tools = twins(calls_);
    Stepping plain(settings, c10::kCPU, nullptr), recorded(settings, c10::kCPU, &tools, room);
    for (const int64_t steps : {int64_t{1}, int64_t{5}, int64_t{50}, kTwinSteps}) {
      plain.run_to(steps);
      recorded.run_to(steps);
      ASSERT_EQ(first_unequal(plain.everything(), recorded.everything()), "")
          << "after " << steps << " steps";
    }
    recorded.step->check_finite();
    EXPECT_LT(recorded.everything().at("rate").item<double>(), 0.005);  // the plateau was seen
  }

  Calls calls_;
};

TEST_F(StepperTest, ReplayedStepsEqualStepsByHand) {
  expect_same_bits({});
  EXPECT_EQ(calls_.runs, GraphReplay::kWarmUp);
  EXPECT_EQ(calls_.captures, 1);
  EXPECT_EQ(calls_.replays, kTwinFullSteps - GraphReplay::kWarmUp);  // the short ones run by hand
  EXPECT_EQ(calls_.generators, 5u);  // augmentation, corruption, condition, dropout, latents
  EXPECT_EQ(calls_.sent, 0);
}

TEST_F(StepperTest, AnAdversaryIsReplayedToo) {
  const OwnRow<PenaltyRow> row(penalties(), three_terms());
  expect_same_bits({"objective.three={}"});
  EXPECT_EQ(calls_.generators,
            7u);  // augmentation, corruption, condition, dropout, latents, penalty, adversary
}

TEST_F(StepperTest, TheAverageOfTheWeightsIsReplayedToo) {
  expect_same_bits({"train.ema=0.9"});
  EXPECT_EQ(calls_.replays, kTwinFullSteps - GraphReplay::kWarmUp);
}

TEST_F(StepperTest, ABatchInPartsIsNotRecorded) {
  expect_same_bits({"train.accumulate=2"});
  EXPECT_EQ(calls_.captures, 0);
}

TEST_F(StepperTest, AResidualNetworkIsReplayed) {
  expect_same_bits({R"(model.encoder={"name": "resnet", "channels": [8], "attention": [4]})"});
  EXPECT_EQ(calls_.captures, 1);
}

TEST_F(StepperTest, APlainAutoencoderHasNoNoiseOfItsOwn) {
  expect_same_bits({"model.bottleneck=point", R"(objective={"likelihood": "bernoulli"})",
                    "corruption=[]", "data.augment.flip=false", "data.augment.shift=0",
                    "train.optimizer=sgd", "model.condition_drop=0"});
  EXPECT_EQ(calls_.generators, 1u);  // dropout
}

TEST_F(StepperTest, HostImagesAreSentAhead) {
  expect_same_bits({}, 0);
  EXPECT_EQ(calls_.replays, kTwinFullSteps - GraphReplay::kWarmUp);
  EXPECT_EQ(calls_.sent, kTwinFullSteps);
  EXPECT_EQ(calls_.received, kTwinFullSteps);
}

TEST_F(StepperTest, HostImagesAreSentAheadWithoutAGraph) {
  expect_same_bits({"train.cuda_graph=false"}, 0);
  EXPECT_EQ(calls_.captures, 0);
  EXPECT_EQ(calls_.received, kTwinFullSteps);
}

TEST_F(StepperTest, AFailedRecordingContinuesOperationByOperation) {
  calls_.refusal = "operation not permitted when stream is capturing\nsecond line";
  expect_same_bits({});
  EXPECT_EQ(calls_.captures, 1);  // tried once
  EXPECT_EQ(calls_.replays, 0);
  GraphReplay work([] {}, {}, std::make_unique<TwinGraph>(calls_));
  for (int64_t i = 0; i <= GraphReplay::kWarmUp; ++i)
    work.run();
  EXPECT_FALSE(work.recorded());
  EXPECT_EQ(work.failure(), "operation not permitted when stream is capturing");
}

TEST_F(StepperTest, TheReasonOfAFailureIsInTheLog) {
  const TemporaryFolder folder;
  log::also_to(folder / "log.txt");
  calls_.refusal = "operation not permitted when stream is capturing";
  const DeviceTools tools = twins(calls_);
  Stepping refused({}, c10::kCPU, &tools);
  refused.run_to(12);
  log::also_to({});
  const std::string
      text = read_file(folder / "log.txt"),
      line =
          "no CUDA graph, steps run operation by operation: operation not permitted when stream is "
          "capturing";
  EXPECT_NE(text.find(line), std::string::npos) << text;
  EXPECT_EQ(text.find(line), text.rfind(line)) << "logged twice";
}

TEST_F(StepperTest, ResumingFromASavedStateIsExact) {
  const DeviceTools tools = twins(calls_);
  Stepping whole({}, c10::kCPU, &tools), first({}, c10::kCPU, &tools),
      second({}, c10::kCPU, &tools);
  whole.run_to(kTwinSteps);
  first.run_to(101);
  second.go_on_from(first);
  second.run_to(kTwinSteps);
  EXPECT_EQ(first_unequal(whole.everything(), second.everything()), "");
}

TEST_F(StepperTest, TheGraphCanBeSwitchedOff) {
  expect_same_bits({"train.cuda_graph=false"});
  EXPECT_EQ(calls_.runs + calls_.captures + calls_.replays, 0);
}

// An epoch is abandoned while its next batch is already being sent.
TEST_F(StepperTest, AnAbandonedBatchIsNotTrainedOn) {
  const DeviceTools tools = twins(calls_);
  Stepping sent({}, c10::kCPU, &tools, 0), plain({}, c10::kCPU, nullptr);
  StepNoise noise(0, c10::kCPU);
  const Tensor a = at::arange(21, at::kLong), b = a.flip(0);
  const std::vector<std::pair<Tensor, int64_t>> fetched{{a, 0}, {b, 0}, {b, 8}, {a, 8}};
  for (size_t i = 0; i < fetched.size(); ++i) {
    const auto& [order, first] = fetched[i];
    const auto step = static_cast<int64_t>(i);
    sent.stepper->run(order, first, 8, step);
    noise.move_to(step);
    plain.step->run(plain.batches->fetch(order.narrow(0, first, 8), noise), noise);
  }
  EXPECT_EQ(first_unequal(sent.everything(), plain.everything()), "");
}

// The replayed step itself counts the number of a bad step, on the device.
TEST_F(StepperTest, ABadStepIsNamedFromWithinAReplay) {
  const DeviceTools tools = twins(calls_);
  Stepping t({}, c10::kCPU, &tools);
  t.run_to(10);
  ASSERT_TRUE(t.stepper->recorded());
  t.step->check_finite();
  const auto before = t.everything();
  t.step->optimizer().set_learning_rate(0.02);
  {
    const torch::NoGradGuard no_grad;
    t.model->parameters().front().fill_(NAN);
  }
  t.stepper->run(at::arange(21, at::kLong), 8, 8, 10);
  EXPECT_EQ(t.step->skipped(), 1);
  expect_error(
      [&] { t.step->check_finite(); },
      "training: nll became NaN or infinite at step 11; lower train.optimizer.learning_rate "
      "(now 0.01), or set train.clip_norm");
  EXPECT_TRUE(at::equal(t.everything().at("sums"), before.at("sums")));
}

}  // namespace
}  // namespace latent
