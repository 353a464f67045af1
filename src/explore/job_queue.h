// Requests that many threads receive and one thread answers: a model computes one thing at a time.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <mutex>

#include "explore/http.h"

namespace latent::explore {

class JobQueue {
 public:
  /// most: requests that may wait; others get a 503 at once.
  explicit JobQueue(size_t most) : most_(most) {}

  /// Waits for the answer to a request. Called by any thread but the answering one.
  HttpResponse ask(const HttpRequest& request);
  /// Answers one request, or returns false if none came within `seconds`.
  bool answer_one(double seconds, const std::function<HttpResponse(const HttpRequest&)>& answer);
  /// Answers all requests, those that wait and those still to come, with a 503.
  void close();

 private:
  struct Job {
    const HttpRequest* request;
    std::promise<HttpResponse> response;
  };

  size_t most_;
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<Job> waiting_;
  bool closed_ = false;
};

}  // namespace latent::explore
