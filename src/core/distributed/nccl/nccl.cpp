// latent_nccl.so: sums by NCCL between the memories of GPUs. Loaded after LibTorch's CUDA half.

// Here, not for the compiler: the precompiled header was made without it.
#define USE_C10D_NCCL

#include <spdlog/fmt/fmt.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "core/distributed/c10d/board.h"
#include "core/distributed/c10d/work.h"
#include "core/error.h"
#include "core/text/split.h"

namespace latent {
namespace {

std::unique_ptr<Adder> connect_nccl(Board& board, const Launch& launch,
                                    std::chrono::milliseconds most) {
  // The board is of latent_distributed.so, which has the same class.
  const auto& stored = static_cast<StoreBoard&>(board);
  try {
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = most;
    auto group = c10::make_intrusive<c10d::ProcessGroupNCCL>(
        c10::make_intrusive<c10d::PrefixStore>("nccl", stored.store()),
        static_cast<int>(launch.rank), static_cast<int>(launch.size), options);
    return std::make_unique<BackendAdder>(std::move(group), /*waits=*/false);
  } catch (const std::exception& failure) {
    throw Error(
        fmt::format("NCCL: the GPUs cannot be connected: {}; expected one GPU for each process; "
                    "NCCL_DEBUG=INFO says more, and --device cpu trains without GPUs",
                    first_line(failure.what())));
  }
}

}  // namespace
}  // namespace latent

extern "C" __attribute__((visibility("default"))) const latent::GroupTable* latent_group_table() {
  static const latent::GroupTable table{.open_board = nullptr, .connect = latent::connect_nccl};
  return &table;
}
