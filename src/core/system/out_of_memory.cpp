#include "core/system/out_of_memory.h"

#include <c10/util/Exception.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <string_view>

namespace latent {
namespace {

// The whole messages of oneDNN when it got no memory. Longer ones, such as "could not create a
// primitive descriptor for ...", mean that it has no such primitive.
constexpr std::string_view kOfOneDnn[] = {
    "could not create a primitive", "could not execute a primitive", "could not create a memory",
    "could not create a memory object"};

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

// Returns the amount in messages of LibTorch's allocators, "1234 bytes" or "20.00 GiB", in GiB or
// MiB; "" if there is none.
std::string amount(const std::string& text) {
  for (const std::string before : {"tried to allocate ", "Tried to allocate "}) {
    const size_t at = text.find(before);
    if (at == std::string::npos) continue;
    const char* begin = text.c_str() + at + before.size();
    char* end = nullptr;
    const double number = std::strtod(begin, &end);
    const std::string unit = std::string(end).substr(0, 6);
    if (unit == " bytes") {
      constexpr double kGiB = 1 << 30, kMiB = 1 << 20;
      return number >= kGiB ? fmt::format("{:.1f} GiB more", number / kGiB)
                            : fmt::format("{:.1f} MiB more", number / kMiB);
    }
    return text.substr(at + before.size(), static_cast<size_t>(end - begin)) + unit.substr(0, 4) +
           " more";
  }
  return "";
}

}  // namespace

std::string message_of(const std::exception& failure) {
  const auto* torch_error = dynamic_cast<const c10::Error*>(&failure);
  return torch_error ? torch_error->what_without_backtrace() : failure.what();
}

std::string out_of_memory(const std::exception& failure) {
  const std::string text = message_of(failure);
  const bool onednn =
      std::find(std::begin(kOfOneDnn), std::end(kOfOneDnn), text) != std::end(kOfOneDnn);
  const bool host = dynamic_cast<const std::bad_alloc*>(&failure) != nullptr ||
                    holds(text, "DefaultCPUAllocator") || holds(text, "Storage size calculation") ||
                    onednn;
  const bool device = dynamic_cast<const c10::OutOfMemoryError*>(&failure) != nullptr ||
                      holds(text, "CUDA error: out of memory") || holds(text, "_ALLOC_FAILED");
  if (!host && !device && !holds(text, "out of memory")) return "";
  const std::string more = amount(text);
  return fmt::format("out of memory: {} did not fit {}", more.empty() ? "what this needs" : more,
                     device ? "on the GPU" : "on the CPU");
}

std::string reason_of(const std::exception& failure) {
  const std::string memory = out_of_memory(failure);
  return memory.empty() ? message_of(failure) : memory;
}

}  // namespace latent
