#include "core/device/device.h"

#include <ATen/Parallel.h>

#include "unit/expect.h"

namespace latent {
namespace {

TEST(Device, NamesAreChecked) {
  EXPECT_TRUE(parse_device("cpu").is_cpu());
  for (const std::string name : {"gpu", "cuda:", "cuda:x", "CPU", ""}) {
    EXPECT_THROW(parse_device(name), UsageError) << name;
    expect_error([&] { parse_device(name, "--device"); },
                 "--device " + name + ": expected auto, cpu, cuda or cuda:N");
  }
}

TEST(Device, IsDescribedWithItsThreads) {
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  EXPECT_EQ(describe(c10::kCPU), "cpu (1 thread)");
  at::set_num_threads(3);
  EXPECT_EQ(describe(c10::kCPU), "cpu (3 threads)");
  at::set_num_threads(before);
}

}  // namespace
}  // namespace latent
