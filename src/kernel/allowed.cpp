#include "kernel/allowed.h"

#include <cstdlib>
#include <string>

#include "core/error.h"

namespace latent::kernel {

Allowed parse_allowed(const char* value) {
  const std::string text = value == nullptr ? "" : value;
  if (text.empty()) return Allowed::kAll;
  if (text == "narrow") return Allowed::kNarrow;
  if (text == "off") return Allowed::kNothing;
  throw Error("LATENT_KERNELS=" + text + ": expected narrow or off, or no such variable");
}

Allowed allowed() {
  static const Allowed result = parse_allowed(std::getenv("LATENT_KERNELS"));
  return result;
}

}  // namespace latent::kernel
