// The fast path on a GPU; skipped with a message if there is none.
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "core/device/cuda_table.h"
#include "core/device/device.h"
#include "core/log.h"
#include "core/stopwatch.h"
#include "core/system/module.h"
#include "train/arithmetic.h"
#include "train/precision.h"
#include "unit/expect.h"
#include "unit/stepping.h"

namespace latent {
namespace {

constexpr int64_t kGpuSteps = 210;

#if LATENT_CUDA

// Checks, without a GPU, whether the library fits the LibTorch that it is loaded with. Runs in its
// own process, because LibTorch's CUDA half stays loaded.
TEST(Cuda, TheModuleLoads) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the sanitizer's dlopen does not look where the program says";
#endif
  const auto load = [] {
    if (::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) == nullptr) {
      std::fprintf(stderr, "%s\n", ::dlerror());
      std::_Exit(2);
    }
    try {
      const bool found = module_symbol(kCudaModule, kCudaTableSymbol, "CUDA tools", "") != nullptr;
      std::_Exit(found ? 0 : 1);
    } catch (const Error& failure) {
      std::fprintf(stderr, "%s\n", failure.what());
      std::_Exit(1);
    }
  };
  EXPECT_EXIT(load(), testing::ExitedWithCode(0), "");
}

#endif

class CudaTest : public testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::kQuiet);
    const std::string why = error_of([&] { device_ = parse_device("cuda"); });
    if (!why.empty()) GTEST_SKIP() << "NOT TESTED ON A GPU: " << why;
    tools_ = device_tools(device_);
    ASSERT_TRUE(tools_.make_graph) << "no CUDA graphs";
  }
  void TearDown() override { log::set_level(log::Level::kNormal); }

  // Trains by hand and replayed, deterministically.
  void expect_same_bits(std::vector<std::string> settings, std::optional<int64_t> room = {}) {
    settings.emplace_back("train.deterministic=true");
    Stepping plain(settings, device_, nullptr), recorded(settings, device_, &tools_, room);
    for (const int64_t steps : {int64_t{1}, int64_t{5}, int64_t{50}, kGpuSteps}) {
      plain.run_to(steps);
      recorded.run_to(steps);
      ASSERT_EQ(first_unequal(plain.everything(), recorded.everything()), "")
          << "after " << steps << " steps";
    }
    EXPECT_TRUE(recorded.stepper->recorded());
    recorded.step->check_finite();
  }

  c10::Device device_{c10::kCPU};
  DeviceTools tools_;
};

TEST_F(CudaTest, ReplayedStepsEqualStepsByHand) { expect_same_bits({}); }

TEST_F(CudaTest, ReplayedStepsEqualStepsByHandInBf16) {
  expect_same_bits({"train.precision=bf16"});
}

TEST_F(CudaTest, HostImagesGiveTheSameSteps) { expect_same_bits({}, 0); }

TEST_F(CudaTest, UpscalingIsRecordedToo) {
  expect_same_bits({R"(corruption=[{"name": "downsample", "size": [4, 4]}])"});
}

// Trains on one batch repeatedly with a learning rate of 0: only the noise can change the loss.
TEST_F(CudaTest, EachReplayDrawsItsOwnNoise) {
  Stepping t({"train.optimizer=sgd", "train.optimizer.learning_rate=1e-30"}, device_, &tools_);
  const Tensor order = at::arange(21, at::TensorOptions(device_).dtype(at::kLong));
  std::vector<double> losses;
  for (int64_t i = 0; i < 20; ++i) {
    t.step->reset_sums();
    t.stepper->run(order, 0, 8, i);
    losses.push_back(t.step->sums()[0].item<double>());
  }
  ASSERT_TRUE(t.stepper->recorded());
  std::sort(losses.begin(), losses.end());
  EXPECT_EQ(std::unique(losses.begin(), losses.end()), losses.end());
}

TEST_F(CudaTest, ARateSetBetweenReplaysTakesEffect) {
  Stepping t({}, device_, &tools_);
  t.run_to(12);
  ASSERT_TRUE(t.stepper->recorded());
  const Tensor order = at::arange(21, at::TensorOptions(device_).dtype(at::kLong));
  const auto moved = [&](double rate, int64_t step) {
    const Tensor before = t.step->parameters().values().clone();
    t.step->optimizer().set_learning_rate(rate);
    t.stepper->run(order, 0, 8, step);
    return (t.step->parameters().values() - before).abs().max().item<double>();
  };
  EXPECT_EQ(moved(0, 12), 0);
  EXPECT_GT(moved(0.1, 13), 0.01);
}

TEST_F(CudaTest, MemoryStaysFlatOverAThousandReplays) {
  Stepping t({"data.count=16"}, device_, &tools_);  // no short batch
  t.run_to(20);
  ASSERT_TRUE(t.stepper->recorded());
  const auto taken = [&] {
    t.step->check_finite();  // waits
    const auto [free, total] =
        at::getDeviceAllocator(device_.type())->getMemoryInfo(device_.index());
    return static_cast<int64_t>(total - free);
  };
  const int64_t before = taken();
  t.run_to(1020);
  EXPECT_LE(taken(), before);
}

// The book's model, on drawn images.
class CudaBookTest : public CudaTest {
 protected:
  static std::vector<std::string> book(std::vector<std::string> settings) {
    std::vector<std::string> all{
        "data.size=[32, 32]",
        "data.count=64",
        "data.augment={}",
        "corruption=[]",
        R"(model={"encoder": {"channels": [32, 64, 128]}, "latent_dim": 2})",
        "objective.likelihood=bernoulli",
        "train.batch_size=32",
        "train.clip_norm=0",
        R"(train.optimizer={"name": "adam", "learning_rate": 0.0005})",
        "train.schedule=constant"};
    all.insert(all.end(), settings.begin(), settings.end());
    return all;
  }

  // Returns the losses of steps 1 to 20 and the first gradient.
  std::pair<std::vector<double>, Tensor> train(std::vector<std::string> settings) {
    settings.emplace_back("train.deterministic=true");
    Stepping t(book(settings), device_, &tools_);
    std::vector<double> losses;
    Tensor gradient;
    for (int64_t i = 1; i <= 20; ++i) {
      t.step->reset_sums();
      t.run_to(i);
      losses.push_back(t.step->sums()[0].item<double>() / 32);
      if (i == 1)
        gradient = t.step->parameters().gradients().to(at::kCPU, at::kDouble, false, true);
    }
    EXPECT_TRUE(t.stepper->recorded());
    return {losses, gradient};
  }

  // Returns the images a second of some thousand steps.  room: for images on the device.
  double rate(std::optional<int64_t> room) {
    Stepping t(book({"data.count=6400"}), device_, &tools_, room);
    t.run_to(400);
    t.step->check_finite();  // waits
    const Stopwatch watch;
    t.run_to(3400);
    t.step->check_finite();
    return 3000 * 32 / watch.seconds();
  }
};

TEST_F(CudaBookTest, OurOperationsTrainAsLibTorchs) {
  for (const auto& [precision, same_loss, same_direction] :
       {std::tuple{"fp32", 1e-4, 0.99999}, std::tuple{"bf16", 1e-2, 0.99}}) {
    SCOPED_TRACE(precision);
    const std::string chosen = std::string("train.precision=") + precision;
    const auto [theirs, gradient] = train({chosen, "train.kernels=false"});
    const auto [ours, our_gradient] = train({chosen});
    for (size_t i = 0; i < ours.size(); ++i)
      EXPECT_NEAR(ours[i], theirs[i], same_loss * std::abs(theirs[i])) << "step " << i + 1;
    const double cosine =
        ((gradient * our_gradient).sum() / (gradient.norm() * our_gradient.norm())).item<double>();
    EXPECT_GT(cosine, same_direction);
  }
}

// A loader that waits for the device, and a device that waits for the loader, would take both
// times.
TEST_F(CudaBookTest, HostImagesAreSentWhileTheDeviceComputes) {
  const double resident = rate({}), sent = rate(0);
  std::printf("images on the device: %.0f images/s, in the host's memory: %.0f\n", resident, sent);
  EXPECT_GT(sent, 0.7 * resident);
}

// A second training that continues from the state of the first is bit-for-bit identical, although
// its steps are recorded again and elsewhere.
TEST_F(CudaTest, ResumingFromASavedStateIsExact) {
  const std::vector<std::string> settings{"train.deterministic=true"};
  Stepping whole(settings, device_, &tools_), first(settings, device_, &tools_),
      second(settings, device_, &tools_);
  whole.run_to(kGpuSteps);
  first.run_to(101);
  second.go_on_from(first);
  second.run_to(kGpuSteps);
  EXPECT_EQ(first_unequal(whole.everything(), second.everything()), "");
}

}  // namespace
}  // namespace latent
