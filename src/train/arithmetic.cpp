#include "train/arithmetic.h"

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>

#include <fstream>

namespace latent {

Autocast::Autocast(const c10::Device& device, const std::string& precision)
    : type_(device.type()),
      active_(precision == "bf16"),
      before_(at::autocast::is_autocast_enabled(type_)),
      cached_(at::autocast::is_autocast_cache_enabled()) {
  if (!active_) return;
  // A CUDA graph must narrow its weights at each replay instead of using those narrowed before.
  if (!device.is_cpu()) at::autocast::set_autocast_cache_enabled(false);
  at::autocast::set_autocast_dtype(type_, at::kBFloat16);
  at::autocast::set_autocast_enabled(type_, true);
}

Autocast::~Autocast() {
  if (!active_) return;
  at::autocast::set_autocast_enabled(type_, before_);
  at::autocast::set_autocast_cache_enabled(cached_);
  at::autocast::clear_cache();  // the narrowed weights: the next step has others
}

void set_arithmetic(const TrainOptions& options, const c10::Device& device) {
  if (device.is_cpu()) return;
  auto& context = at::globalContext();
  const bool exact = options.deterministic;
  context.setDeterministicAlgorithms(exact, /*warn_only=*/true);
  context.setDeterministicFillUninitializedMemory(false);
  context.setDeterministicCuDNN(exact);
  context.setBenchmarkCuDNN(!exact);
  context.setAllowTF32CuDNN(!exact);
  context.setAllowTF32CuBLAS(!exact);
}

void set_full_precision(const c10::Device& device) {
  if (device.is_cpu()) return;
  at::globalContext().setAllowTF32CuDNN(false);  // on by default, unlike that of other products
  at::globalContext().setAllowTF32CuBLAS(false);
}

bool has_bf16(const c10::Device& device) {
  if (!device.is_cpu()) return true;
  std::ifstream processor("/proc/cpuinfo");
  for (std::string line; std::getline(processor, line);) {
    if (line.rfind("flags", 0) != 0) continue;
    line += ' ';
    return line.find(" avx512_bf16 ") != std::string::npos ||
           line.find(" amx_bf16 ") != std::string::npos;
  }
  return false;
}

}  // namespace latent
