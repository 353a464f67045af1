#include "explore/http/crew.h"

#include <system_error>
#include <utility>

namespace latent::explore {
namespace {

constexpr size_t kMostThreads = 128, kMostWaiting = 512;

thread_local bool refuses = false;

}  // namespace

bool Crew::refusing() { return refuses; }

void Crew::enqueue(std::function<void()> connection) {
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() < kMostWaiting && !ending_) {
      taken = true;
      waiting_.push_back(std::move(connection));
      waiting_count_ = waiting_.size();
      if (idle_ < waiting_.size() && threads_.size() < kMostThreads) {
        try {
          threads_.emplace_back([this] { work(); });
        } catch (const std::system_error&) {
          // No more threads on this machine: those that exist go on.
        }
      }
    }
  }
  if (taken) return arrived_.notify_one();
  refuses = true;
  connection();
  refuses = false;
}

void Crew::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    arrived_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    const auto connection = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_count_ = waiting_.size();
    lock.unlock();
    connection();
    lock.lock();
  }
}

void Crew::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  arrived_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

}  // namespace latent::explore
