#include "explore/job_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace latent::explore {
namespace {

HttpRequest numbered(int number) {
  return {.method = {},
          .path = std::to_string(number),
          .query = {},
          .host = {},
          .origin = {},
          .token = {},
          .body = {}};
}

TEST(JobQueue, OneThreadAnswersWhatManyAsk) {
  JobQueue queue(1000);
  std::atomic<int> right{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 16; ++i) {
    clients.emplace_back([&, i] {
      for (int k = 0; k < 20; ++k) {
        const int number = 100 * i + k;
        if (queue.ask(numbered(number)).body == std::to_string(number) + "!") ++right;
      }
    });
  }
  const auto here = std::this_thread::get_id();
  for (int answered = 0; answered < 16 * 20;) {
    answered += static_cast<int>(queue.answer_one(1, [&](const HttpRequest& request) {
      EXPECT_EQ(std::this_thread::get_id(), here);
      return HttpResponse{.status = 200, .type = {}, .body = request.path + "!"};
    }));
  }
  for (auto& client : clients)
    client.join();
  EXPECT_EQ(right, 16 * 20);
}

TEST(JobQueue, NothingToDoIsSaidAfterTheTime) {
  JobQueue queue(1);
  EXPECT_FALSE(queue.answer_one(0.001, [](const HttpRequest&) { return HttpResponse{}; }));
}

TEST(JobQueue, TooManyAreRefused) {
  JobQueue queue(0);
  EXPECT_EQ(queue.ask(numbered(1)).status, 503);
}

TEST(JobQueue, ClosingAnswersThoseWhoWait) {
  JobQueue queue(10);
  std::atomic<int> refused{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i)
    clients.emplace_back([&, i] { refused += queue.ask(numbered(i)).status == 503 ? 1 : 0; });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  queue.close();
  for (auto& client : clients)
    client.join();
  EXPECT_EQ(refused, 4);
  EXPECT_EQ(queue.ask(numbered(5)).status, 503);
}

}  // namespace
}  // namespace latent::explore
