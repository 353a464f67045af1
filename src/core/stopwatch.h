// Measures how long something takes.
#pragma once

#include <chrono>

namespace latent {

/// Measures the time since it was constructed, with a clock that is never set back.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace latent
