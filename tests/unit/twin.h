// Two processes that are two threads of a test.
#pragma once

#include <ATen/ATen.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "core/world.h"
#include "unit/expect.h"

namespace latent {

// What the threads of a twin share: each call waits for all.
class Meeting {
 public:
  explicit Meeting(int64_t size) : parts_(static_cast<size_t>(size)) {}

  // Returns the sum of the tensors in the order of the ranks.
  Tensor sum(int64_t rank, const Tensor& mine) {
    std::unique_lock<std::mutex> lock(mutex_);
    parts_[static_cast<size_t>(rank)] = mine.clone();
    const int64_t round = round_;
    if (++arrived_ == static_cast<int64_t>(parts_.size())) {
      sum_ = parts_[0];
      for (size_t i = 1; i < parts_.size(); ++i)
        sum_ = sum_ + parts_[i];
      arrived_ = 0;
      ++round_;
      ++rounds;
      all_here_.notify_all();
    } else {
      all_here_.wait(lock, [&] { return round_ != round; });
    }
    return sum_;
  }

  int64_t rounds = 0;

 private:
  std::mutex mutex_;
  std::condition_variable all_here_;
  std::vector<Tensor> parts_;
  Tensor sum_;
  int64_t arrived_ = 0, round_ = 0;
};

class Twin : public World {
 public:
  Twin(Meeting& meeting, int64_t rank) : meeting_(meeting), rank_(rank) {}
  int64_t rank() const override { return rank_; }
  int64_t size() const override { return 2; }
  void sum(Tensor values) const override {
    const at::NoGradGuard no_grad;
    values.copy_(meeting_.sum(rank_, values));
  }
  bool any(bool mine) const override {
    return meeting_.sum(rank_, at::full({}, mine ? 1.0 : 0.0)).item<double>() > 0;
  }

 private:
  Meeting& meeting_;
  int64_t rank_;
};

/// Calls `work` in both threads, with the world of each.
inline void in_both(const std::function<void(const World&)>& work) {
  Meeting meeting(2);
  const Twin twins[] = {{meeting, 0}, {meeting, 1}};
  std::thread other([&] { work(twins[1]); });
  work(twins[0]);
  other.join();
}

}  // namespace latent
