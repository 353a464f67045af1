#include "explore/job_queue.h"

#include <chrono>
#include <utility>

namespace latent::explore {
namespace {

HttpResponse too_busy() { return failure(503, "the server is busy or ends; try again"); }

}  // namespace

HttpResponse JobQueue::ask(const HttpRequest& request) {
  std::future<HttpResponse> response;
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || waiting_.size() >= most_) return too_busy();
    waiting_.push_back({&request, {}});
    response = waiting_.back().response.get_future();
  }
  arrived_.notify_one();
  return response.get();
}

bool JobQueue::answer_one(double seconds,
                          const std::function<HttpResponse(const HttpRequest&)>& answer) {
  Job job;
  {
    std::unique_lock lock(mutex_);
    const bool came = arrived_.wait_for(lock, std::chrono::duration<double>(seconds),
                                        [&] { return !waiting_.empty(); });
    if (!came) return false;
    job = std::move(waiting_.front());
    waiting_.pop_front();
  }
  try {
    job.response.set_value(answer(*job.request));
  } catch (...) {
    job.response.set_exception(std::current_exception());
    throw;
  }
  return true;
}

void JobQueue::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (Job& job : waiting_)
    job.response.set_value(too_busy());
  waiting_.clear();
}

}  // namespace latent::explore
