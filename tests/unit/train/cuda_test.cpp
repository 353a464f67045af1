// The fast path on a GPU; skipped with a message if there is none.
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/device/cuda_table.h"
#include "core/device/device.h"
#include "core/log.h"
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
