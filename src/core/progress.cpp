#include "core/progress.h"

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "core/log.h"

namespace latent {

std::string clock_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::ceil(seconds));
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

ProgressBar::ProgressBar(bool quiet)
    : kind_(quiet                          ? Kind::kNone
            : ::isatty(STDERR_FILENO) == 1 ? Kind::kBar
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
  constexpr int kWidth = 20;
  const std::string bar(static_cast<size_t>(share * kWidth), '#');
  // Not fmt::print, which throws where the terminal is gone.
  std::fputs(fmt::format("\r{} [{:<{}}] {}\x1b[K", label, bar, kWidth, numbers).c_str(), stderr);
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
