// Messages that only --verbose shows, on stderr: which stored results are used, and why not.
#pragma once

#include <spdlog/fmt/fmt.h>

#include <string>

namespace latent::log {

/// Returns true if details reach stderr.
bool is_verbose();
void write_detail(const std::string& message);

template <class... Args>
void detail(fmt::format_string<Args...> format, Args&&... args) {
  if (is_verbose()) write_detail(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace latent::log
