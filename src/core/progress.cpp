#include "core/progress.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/log.h"
#include "core/terminal.h"
#include "core/text/utf8.h"

namespace latent {
namespace {

constexpr size_t kLongestBar = 20, kShortestBar = 5;

constexpr size_t kUnknownTerminal = 80;

// One column less than the terminal has: a full line would wrap, and the next one would scroll.
size_t room_for_a_line() {
  const size_t columns = terminal_columns(STDERR_FILENO);
  return (columns > 0 ? columns : kUnknownTerminal) - 1;
}

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

// Ends in dots, so that a cut number does not look like another one.
std::string shortened(const std::string& text, size_t columns) {
  if (display_width(text) <= columns) return text;
  constexpr size_t kDots = 3;
  if (columns <= kDots) return std::string(columns, '.');
  size_t end = 0;
  for (size_t left = columns - kDots; end < text.size(); ++end) {
    if (begins_character(text[end]) && left-- == 0) break;
  }
  return text.substr(0, end) + "...";
}

}  // namespace

std::string bar_text(const std::string& label, double share, const std::string& text,
                     size_t columns) {
  const size_t others = display_width(label) + display_width(text) + 4;  // spaces and brackets
  const size_t room = columns > others ? columns - others : 0;
  const size_t length = std::clamp(room, kShortestBar, kLongestBar);
  const std::string bar(static_cast<size_t>(share * static_cast<double>(length)), '#');
  return shortened(fmt::format("{} [{:<{}}] {}", label, bar, length, text), columns);
}

std::string clock_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::ceil(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

ProgressBar::ProgressBar(bool quiet)
    : kind_(quiet                                ? Kind::kNone
            : can_overwrite_lines(STDERR_FILENO) ? Kind::kBar
                                                 : Kind::kLines),
      last_(std::chrono::steady_clock::now()) {}

ProgressBar::~ProgressBar() { clear(); }

bool ProgressBar::due(int64_t done, int64_t total) const {
  const auto since = std::chrono::steady_clock::now() - last_;
  if (kind_ == Kind::kBar) return done >= total || since >= std::chrono::milliseconds(100);
  return kind_ == Kind::kLines && done < total && since >= std::chrono::seconds(30);
}

void ProgressBar::show(const std::string& label, int64_t done, int64_t total, double seconds,
                       const std::string& note) {
  if (kind_ == Kind::kNone) return;
  last_ = std::chrono::steady_clock::now();
  const double share = static_cast<double>(done) / static_cast<double>(total);
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  const double left = rate > 0 ? static_cast<double>(total - done) / rate : 0;
  const std::string numbers = fmt::format("{:3.0f}%  {:.0f} images/s  {} left{}{}", 100 * share,
                                          rate, clock_text(left), note.empty() ? "" : "  ", note);
  if (kind_ == Kind::kLines) {
    log::info("{} {}", label, numbers);
    return;
  }
  show_line(bar_text(label, share, numbers, room_for_a_line()));
}

void ProgressBar::show_count(const std::string& label, int64_t done, const std::string& noun) {
  if (kind_ == Kind::kNone) return;
  last_ = std::chrono::steady_clock::now();
  const std::string line = fmt::format("{}: {} {}", label, done, noun);
  if (kind_ == Kind::kLines) {
    log::info("{}", line);
    return;
  }
  show_line(shortened(line, room_for_a_line()));
}

void ProgressBar::show_line(const std::string& line) {
  // fmt::print would throw if the terminal is gone.
  const std::string safe = without_controls(line, /*one_line=*/true);
  std::fputs(fmt::format("\r{}\x1b[K", safe).c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

void ProgressBar::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace latent
