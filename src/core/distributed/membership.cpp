#include "core/distributed/membership.h"

#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <thread>
#include <utility>

#include "core/device/device.h"
#include "core/distributed/sign.h"
#include "core/error.h"
#include "core/log.h"
#include "core/system/module.h"
#include "core/system/process.h"
#include "core/system/temporary.h"
#include "core/text/suggest.h"

namespace latent {
namespace {

const GroupTable* load_table(const char* module, const std::string& what) {
  void* symbol = module_symbol(module, kGroupTableSymbol, what,
                               "is LibTorch the one this program was built with?");
  return reinterpret_cast<const GroupTable* (*)()>(symbol)();
}

const GroupTable* group_table() {
#if LATENT_GLOO
  static const GroupTable* const table = load_table(kGroupModule, "training in several processes");
  return table;
#else
  throw Error(
      "training in several processes: this build cannot; install Gloo's headers (Debian's "
      "libgloo-dev) and build again, or set LATENT_LAUNCHER=none");
#endif
}

// nullptr if this build has none or it cannot be loaded.
const GroupTable* nccl_table() {
#if LATENT_NCCL
  try {
    static const GroupTable* const table = load_table(kNcclModule, "NCCL");
    return table;
  } catch (const Error& failure) {
    log::warn("sums of GPUs go through the hosts' memories: {}", failure.what());
  }
#endif
  return nullptr;
}

// Waits for the first sign of every process.
void wait_for_all(Board& board, const Launch& launch, const Patience& patience) {
  const auto end = std::chrono::steady_clock::now() + patience.timeout;
  std::vector<std::string> missing;
  for (int64_t rank = 0; rank < launch.size; ++rank) {
    while (!board.has(sign_key(rank))) {
      if (std::chrono::steady_clock::now() >= end) {
        missing.push_back(std::to_string(rank));
        break;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  if (missing.empty()) return;
  throw Error(fmt::format(
      "{} {} of {} did not come to {}:{} within {:g} s (train.distributed.timeout); look for a "
      "message of it, or whether it was started",
      missing.size() == 1 ? "rank" : "ranks", join(missing), launch.size, launch.address,
      launch.port, static_cast<double>(patience.timeout.count()) / 1000));
}

// Launchers that bind no processes to cores leave all cores to each.
void warn_of_threads(int64_t processes) {
  const int64_t threads = at::get_num_threads();
  const auto processors = static_cast<int64_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  if (threads == 1 || processes * threads <= processors) return;
  log::warn(
      "{} processes of {} threads each share {} of this machine and slow each other down; set "
      "--threads {}",
      processes, threads, counted(processors, "processor"),
      std::max<int64_t>(1, processors / processes));
}

}  // namespace

Membership::Membership(Launch launch, const Patience& patience)
    : launch_(std::move(launch)), patience_(patience), host_(host_name("an unknown machine")) {
  if (launch_.is_alone()) return;
  const GroupTable* table = group_table();
  board_ = table->open_board(launch_, patience.timeout);
  board_->write(sign_key(launch_.rank), Watch::first_sign(host_));
  wait_for_all(*board_, launch_, patience);
  auto watch = std::make_unique<Watch>(board_->another(), launch_, host_, patience);
  watch->end_process_if_needed();
  std::unique_ptr<Adder> adder;
  try {
    adder = table->connect(*board_, launch_, patience.timeout);
  } catch (const Error& failure) {
    watch->fail(failure.what());  // the others need not wait for the timeout
    throw;
  }
  world_ = std::make_unique<GroupWorld>(launch_, std::move(adder), std::move(watch));
  int64_t local_rank = 0;
  const auto hosts = world_->gather(host_);
  local_size_ = 0;
  for (size_t i = 0; i < hosts.size(); ++i) {
    if (hosts[i] != host_) continue;
    ++local_size_;
    local_rank += static_cast<int64_t>(i) < launch_.rank;
  }
  if (launch_.local_rank < 0) launch_.local_rank = local_rank;
  if (local_rank == 0) warn_of_threads(local_size_);
}

Membership::~Membership() {
  // A process that failed does not wait for the board's thread: the others may still read from it.
  if (world_ && world_->is_broken()) static_cast<void>(board_.release());
}

const World& Membership::world() const { return world_ ? *world_ : alone(); }

c10::Device Membership::device(const std::string& name, const std::string& where) const {
  if (local_size_ == 1 || name == "cpu") return parse_device(name, where);
  if (name.starts_with("cuda:")) {
    throw UsageError(
        fmt::format("{} {}: {} processes of this machine would share one GPU; expected "
                    "cuda, with which each gets its own, auto or cpu",
                    where, name, local_size_));
  }
  const c10::Device first = parse_device(name, where);
  if (first.is_cpu()) return first;
  // A launcher may show each process only its own GPU.
  if (at::detail::getCUDAHooks().deviceCount() == 1) return first;
  return parse_device(fmt::format("cuda:{}", launch_.local_rank), where);
}

void Membership::connect(const c10::Device& device) {
  if (!world_ || !device.is_cuda()) return;
  const GroupTable* table = nccl_table();
  if (table == nullptr) return;
  world_->use_gpu(table->connect(*board_, launch_, patience_.timeout));
  backend_ = "nccl";
}

std::string Membership::text() const {
  return fmt::format("rank {} of {} on {} ({}), {} at {}:{}", launch_.rank, launch_.size, host_,
                     launch_.launcher, backend_, launch_.address, launch_.port);
}

void Membership::fail(const std::string& message) {
  if (world_) world_->fail(message);
}

void Membership::end_process(const std::string& message, int exit_code) {
  log::error("{}", message);
  fail(message);
  remove_noted_temporaries();
  std::fflush(nullptr);
  ::_exit(exit_code);
}

void Membership::leave() {
  if (world_) world_->leave();
}

}  // namespace latent
