#include "explore/serve.h"

#include <spdlog/fmt/fmt.h>

#include "core/error.h"
#include "core/stopwatch.h"
#include "core/system/interrupt.h"
#include "core/system/module.h"
#include "explore/access.h"
#include "explore/handlers.h"
#include "explore/job_queue.h"
#include "explore/server_table.h"

namespace latent::explore {
namespace {

constexpr size_t kMostWaiting = 256;
constexpr double kPause = 0.1;  // seconds between looks at signals

const ServerTable& server_table() {
  static const ServerTable* const table = [] {
    void* symbol = module_symbol("latent_server.so", kServerTableSymbol, "web server",
                                 "is cpp-httplib installed? see scripts/setup.sh");
    return reinterpret_cast<const ServerTable* (*)()>(symbol)();
  }();
  return *table;
}

// Closes the queue before the server ends, which waits for its threads, however that comes.
struct Closing {
  JobQueue& queue;
  ~Closing() { queue.close(); }
};

}  // namespace

void serve(Explorer& explorer, const ServeOptions& options,
           const std::function<void(const std::string& address)>& ready) {
  const Page page = live_page();
  const std::string token = new_token();
  JobQueue queue(kMostWaiting);
  const auto server = server_table().serve(options.port, [&](int port) {
    return Answering{.refuse = [access = Access{token, port}](
                                   const HttpRequest& request) { return access.refusal(request); },
                     .answer = [&queue](const HttpRequest& request) { return queue.ask(request); },
                     .largest_body = kLargestBody};
  });
  const Closing closing{queue};
  ready(fmt::format("http://127.0.0.1:{}/?token={}", server->port(), token));
  Stopwatch idle;
  for (;;) {
    const bool answered = queue.answer_one(
        kPause, [&](const HttpRequest& request) { return answer(explorer, page, request); });
    if (answered) idle = Stopwatch();
    if (const int signal = interrupt_signal(); signal != 0)
      throw Interrupted("latent explore: stopped", signal);
    if (options.idle_minutes > 0 && idle.seconds() > 60 * options.idle_minutes) return;
  }
}

}  // namespace latent::explore
