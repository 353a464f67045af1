// What all targets share: a reader reads its input or throws Error; whatever else it does is a
// finding.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "memory_file.h"

namespace latent::fuzz {

inline std::string_view text_of(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

/// The input as a file. It holds the last input given.
inline const MemoryFile& file_of(std::string_view input) {
  static const MemoryFile file;
  return file.set(input);
}

/// Other exceptions than Error end the process, which libFuzzer reports; so does an Error that says
/// nothing.
template <class Call>
void read_or_refuse(Call&& call) {
  try {
    call();
  } catch (const Error& refusal) {
    if (std::string_view(refusal.what()).empty()) std::abort();
  }
}

/// Cuts the input in two at its first zero byte.
inline std::pair<std::string, std::string> halves(std::string_view input) {
  const size_t zero = std::min(input.find('\0'), input.size());
  return {std::string(input.substr(0, zero)),
          std::string(input.substr(std::min(zero + 1, input.size())))};
}

}  // namespace latent::fuzz

/// Defines the target: its body reads `input`, a std::string_view.
#define LATENT_FUZZ_TARGET(input)                                                         \
  static void run_target(std::string_view input);                                         \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);                \
  extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {               \
    latent::fuzz::read_or_refuse([&] { run_target(latent::fuzz::text_of(data, size)); }); \
    return 0;                                                                             \
  }                                                                                       \
  static void run_target(std::string_view input)
