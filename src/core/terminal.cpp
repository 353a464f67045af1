#include "core/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace latent {
namespace {

constexpr size_t kNarrowest = 20, kWidest = 10'000;

// The number in COLUMNS, or 0.
size_t stated_columns() {
  const char* const stated = std::getenv("COLUMNS");
  if (stated == nullptr) return 0;
  const std::string_view text = stated;
  size_t columns = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), columns);
  const bool number = code == std::errc{} && end == text.data() + text.size();
  return number && columns > 0 && columns <= kWidest ? columns : 0;
}

}  // namespace

size_t terminal_columns(int descriptor) {
  winsize size{};
  const bool known = ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  const size_t columns = known ? size.ws_col : stated_columns();
  return columns == 0 ? 0 : std::max(columns, kNarrowest);
}

bool can_overwrite_lines(int descriptor) {
  const char* const kind = std::getenv("TERM");
  return ::isatty(descriptor) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
}

}  // namespace latent
