// The progress of long work: a bar on one line of a terminal, or a plain line every half minute if
// stderr is not a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace latent {

class ProgressBar {
 public:
  /// quiet: shows nothing.
  explicit ProgressBar(bool quiet);
  ~ProgressBar();

  /// Returns true if it is time to call `show` again; compute costly notes only then.
  bool due(int64_t done, int64_t total) const;
  /// Shows `label`, a bar, the rate in images/s, the remaining time and `note`, due or not.
  void show(const std::string& label, int64_t done, int64_t total, double seconds,
            const std::string& note = "");
  /// Shows "listing photos: 250000 images" for work whose end is not known.
  void show_count(const std::string& label, int64_t done, const std::string& noun);
  /// Removes the bar so that a line can be printed.
  void clear();

 private:
  void show_line(const std::string& line);

  enum class Kind { kNone, kBar, kLines };

  Kind kind_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point last_;
};

/// Returns a bar that fits into `columns` columns of a terminal: the bar gets shorter first, then
/// the end of the text is cut. share: 0 to 1.
std::string bar_text(const std::string& label, double share, const std::string& text,
                     size_t columns);

/// Returns "1:05" or "2:03:04".
std::string clock_text(double seconds);

}  // namespace latent
