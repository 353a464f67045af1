// Running out of memory is distinguished from other failures.
#include "core/system/out_of_memory.h"

#include <ATen/ATen.h>

#include "unit/expect.h"

namespace latent {
namespace {

template <class Call>
std::string message_about(Call&& call) {
  try {
    call();
  } catch (const std::exception& failure) {
    return out_of_memory(failure);
  }
  return "nothing thrown";
}

TEST(OutOfMemory, RecognisesMessagesAboutTheHost) {
  EXPECT_EQ(message_about([] { throw std::bad_alloc(); }),
            "out of memory: what this needs did not fit on the CPU");
  EXPECT_EQ(message_about([] { at::empty({int64_t{1} << 58}, at::kByte); }),
            "out of memory: 268435456.0 GiB more did not fit on the CPU");
  EXPECT_EQ(message_about([] {
              at::empty({int64_t{1} << 40, int64_t{1} << 40}, at::kByte);
            }),
            "out of memory: what this needs did not fit on the CPU");
}

TEST(OutOfMemory, RecognisesMessagesOfOneDnn) {
  for (const char* text : {"could not create a primitive", "could not execute a primitive",
                           "could not create a memory", "could not create a memory object"}) {
    EXPECT_EQ(message_about([&] { throw std::runtime_error(text); }),
              "out of memory: what this needs did not fit on the CPU")
        << text;
  }
  EXPECT_EQ(message_about([] {
              throw std::runtime_error(
                  "could not create a primitive descriptor for the matmul "
                  "primitive. Run workload with environment variable");
            }),
            "");
}

TEST(OutOfMemory, ReasonIsThatOrTheOriginalMessage) {
  EXPECT_EQ(reason_of(std::bad_alloc()), "out of memory: what this needs did not fit on the CPU");
  EXPECT_EQ(reason_of(std::runtime_error("plain")), "plain");
}

TEST(OutOfMemory, OtherMessagesLoseOnlyTheStackTrace) {
  try {
    TORCH_CHECK(false, "something else");
  } catch (const std::exception& failure) {
    EXPECT_EQ(message_of(failure), "something else");
    EXPECT_EQ(out_of_memory(failure), "");
  }
  EXPECT_EQ(message_of(std::runtime_error("plain")), "plain");
}

TEST(OutOfMemory, RecognisesMessagesAboutADevice) {
  EXPECT_EQ(message_about([] {
              TORCH_CHECK_WITH(OutOfMemoryError, false,
                               "CUDA out of memory. Tried to allocate 20.50 GiB. GPU 0 has a total "
                               "capacity of 10.00 GiB");
            }),
            "out of memory: 20.50 GiB more did not fit on the GPU");
  EXPECT_EQ(message_about(
                [] { throw std::runtime_error("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when"); }),
            "out of memory: what this needs did not fit on the GPU");
}

TEST(OutOfMemory, OtherFailuresAreNotOutOfMemory) {
  EXPECT_EQ(message_about([] { throw Error("runs/a: no such run"); }), "");
  EXPECT_EQ(message_about([] { at::empty({2, 3}).view({5}); }), "");
}

}  // namespace
}  // namespace latent
