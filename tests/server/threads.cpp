// The server under many clients at once, alone: without LibTorch, which is not built for the thread
// sanitizer. scripts/bench_explore.sh threads compiles and runs it.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "explore/access.h"
#include "explore/job_queue.h"
#include "explore/server_table.h"

extern "C" const latent::explore::ServerTable* latent_server_table();

namespace {

using namespace latent::explore;

constexpr int kClients = 24, kRounds = 60;

int connection_to(int port) {
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(connection);
    return -1;
  }
  return connection;
}

// Sends a request; some clients leave in the middle. Returns whether the answer was right.
bool exchange(int port, const std::string& token, int number) {
  const int connection = connection_to(port);
  if (connection < 0) return false;
  const std::string body = "{\"number\": " + std::to_string(number) + "}";
  const std::string head = "POST /api/decode HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) +
                           "\r\nX-Latent-Token: " + token +
                           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const std::string request = number % 7 == 3 ? head.substr(0, head.size() / 2) : head + body;
  bool right = ::send(connection, request.data(), request.size(), MSG_NOSIGNAL) > 0;
  std::string answer;
  char part[4096];
  while (right && number % 7 != 3 && answer.find(body) == std::string::npos) {
    const ssize_t got = ::recv(connection, part, sizeof part, 0);
    if (got <= 0) break;
    answer.append(part, static_cast<size_t>(got));
  }
  ::close(connection);
  return number % 7 == 3 || answer.find(body) != std::string::npos;
}

}  // namespace

int main() {
  JobQueue queue(256);
  const std::string token = new_token();
  std::atomic<int> wrong{0}, finished{0};
  {
    const auto server = latent_server_table()->serve(0, [&](int port) {
      return Answering{
          .refuse = [access = Access{token, port}](
                        const HttpRequest& request) { return access.refusal(request); },
          .answer = [&](const HttpRequest& request) { return queue.ask(request); },
          .largest_body = 1000};
    });
    std::vector<std::thread> clients;
    for (int client = 0; client < kClients; ++client) {
      clients.emplace_back([&, client] {
        for (int round = 0; round < kRounds; ++round)
          wrong += exchange(server->port(), token, client * kRounds + round) ? 0 : 1;
        ++finished;
      });
    }
    while (finished < kClients) {
      queue.answer_one(0.05, [](const HttpRequest& request) {
        return HttpResponse{.status = 200, .type = "application/json", .body = request.body};
      });
    }
    for (auto& client : clients)
      client.join();
    queue.close();
  }
  std::printf("%d clients, %d requests each: %d wrong answers\n", kClients, kRounds, wrong.load());
  return wrong == 0 ? 0 : 1;
}
