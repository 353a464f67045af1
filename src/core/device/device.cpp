#include "core/device/device.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <regex>
#include <set>
#include <utility>
#include <vector>

#include "core/device/device_tools.h"
#include "core/error.h"
#include "core/log.h"

namespace latent {
namespace {

// Returns the cores of the cgroup's CPU quota, or a large number if there is no quota.
double quota_cores() {
  std::ifstream v2("/sys/fs/cgroup/cpu.max");
  std::string quota;
  double period = 0;
  if (v2 >> quota >> period && quota != "max" && period > 0) return std::stod(quota) / period;
  std::ifstream v1("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"),
      v1_period("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  double us = 0;
  if (v1 >> us && v1_period >> period && us > 0 && period > 0) return us / period;
  return 1e9;
}

// Returns the number of physical cores in the affinity mask: hyper-threads share the vector units,
// which this work keeps busy.
int64_t physical_cores() {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof(mask), &mask) != 0) return 1;
  std::set<std::pair<int, int>> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &mask)) continue;
    const std::string topology = "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/";
    std::ifstream package(topology + "physical_package_id"), core(topology + "core_id");
    int package_id = 0, core_id = cpu;
    if (!(package >> package_id) || !(core >> core_id)) core_id = cpu;
    cores.emplace(package_id, core_id);
  }
  return std::max<int64_t>(1, static_cast<int64_t>(cores.size()));
}

// LibTorch's CUDA half costs half of the start-up time and 350 MB, so it is loaded only if there is
// a driver. LibTorch finds it by itself once it is loaded, if nothing has asked for CUDA before.
void load_cuda() {
  static const bool loaded = [] {
    // Loads each kernel when it first runs instead of all of them at the start.
    ::setenv("CUDA_MODULE_LOADING", "LAZY", /*overwrite=*/0);
    // Matrix products need this to be bit-for-bit reproducible; cuBLAS reads it at the first one.
    ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
    if (::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL) == nullptr) return false;
    if (::dlopen("libtorch_cuda.so", RTLD_NOW | RTLD_GLOBAL) != nullptr) {
      // cuDNN compiles kernels with NVRTC, which looks for its second library on the search path of
      // the file that loaded it: LibTorch's file knows the folder, cuDNN's does not.
      ::dlopen("libcaffe2_nvrtc.so", RTLD_LAZY | RTLD_LOCAL);
      return true;
    }
    const std::string reason = ::dlerror();
    // A LibTorch without CUDA has no such file.
    if (reason.find("No such file") == std::string::npos) log::warn("no CUDA: {}", reason);
    return false;
  }();
  static_cast<void>(loaded);
}

void* wait_at(void* gate) {
  const std::lock_guard guard(*static_cast<std::mutex*>(gate));
  return nullptr;
}

// Returns how many of `wanted` threads the system can start: LibTorch's pools wait forever for a
// thread that does not start. Takes about 20 us a thread. Uses POSIX threads, since std::thread
// frees memory in the new thread, for which malloc reserves 64 MiB.
int64_t startable_threads(int64_t wanted) {
  std::vector<pthread_t> started;
  started.reserve(static_cast<size_t>(std::max<int64_t>(wanted, 0)));
  std::mutex gate;
  {
    const std::lock_guard closed(gate);  // so that all of them run at the same time
    pthread_t thread{};
    while (static_cast<int64_t>(started.size()) < wanted &&
           ::pthread_create(&thread, nullptr, wait_at, &gate) == 0)
      started.push_back(thread);
  }
  for (const pthread_t thread : started)
    ::pthread_join(thread, nullptr);
  return static_cast<int64_t>(started.size());
}

}  // namespace

c10::Device parse_device(const std::string& name, const std::string& where) {
  static const std::regex pattern("auto|cpu|cuda(:[0-9]{1,3})?");
  if (!std::regex_match(name, pattern)) {
    throw UsageError(where + " " + name + ": expected auto, cpu, cuda or cuda:N");
  }
  if (name != "cpu") load_cuda();
  const auto count = at::globalContext().hasCUDA()
                         ? static_cast<int64_t>(at::detail::getCUDAHooks().deviceCount())
                         : 0;
  if (name == "cpu" || (name == "auto" && count == 0)) return {c10::kCPU};
  const auto index = name.size() > 5 ? std::stoll(name.substr(5)) : 0;
  if (index >= count) {
    const std::string there = count == 0   ? "no CUDA device is available here"
                              : count == 1 ? "there is only one CUDA device"
                                           : fmt::format("there are only {} CUDA devices", count);
    throw Error(fmt::format("{} {}: {}; expected cpu or auto{}", where, name, there,
                            count == 0 ? "" : " or a lower number"));
  }
  const c10::Device device(c10::kCUDA, static_cast<c10::DeviceIndex>(index));
  c10::impl::VirtualGuardImpl(device.type()).setDevice(device);  // for calls that name no device
  return device;
}

std::string describe(const c10::Device& device) {
  if (device.is_cpu()) {
    const int threads = at::get_num_threads();
    return "cpu (" + std::to_string(threads) + (threads == 1 ? " thread)" : " threads)");
  }
  const std::string name = device_name(device);
  return device.str() + (name.empty() ? "" : " (" + name + ")");
}

void use_threads(int64_t threads, const std::string& where) {
  if (threads <= 0) {
    if (std::getenv("OMP_NUM_THREADS") != nullptr) return;  // LibTorch has read it
    const auto quota = static_cast<int64_t>(std::max(1.0, quota_cores()));
    threads = std::min(physical_cores(), quota);
  }
  const int64_t started = startable_threads(threads - 1) + 1;
  if (started < threads) {
    throw Error(fmt::format("{} {}: the system allows only {} here; expected fewer", where, threads,
                            started));
  }
  at::set_num_threads(static_cast<int>(threads));
}

void tune_malloc() {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 2000 << 20);
  mallopt(M_TOP_PAD, 64 << 20);
}

}  // namespace latent
