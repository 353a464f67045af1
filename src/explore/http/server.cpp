// The server: cpp-httplib reads requests and writes responses; connections, their threads and
// their time limits are ours, because the library lets a slow client hold a thread for ever.
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "core/error.h"
#include "explore/http/crew.h"
#include "explore/http/timed_stream.h"
#include "explore/server_table.h"

namespace latent::explore {
namespace {

constexpr int kRequestsOfOneConnection = 100'000;
constexpr int kBacklog = 1024;

// Set by the response of a request that leaves its connection unusable.
thread_local bool must_close = false;

HttpRequest translate(const httplib::Request& request) {
  HttpRequest result{.method = request.method,
                     .path = request.path,
                     .query = {},
                     .host = request.get_header_value("Host"),
                     .origin = request.get_header_value("Origin"),
                     .token = request.get_header_value("X-Latent-Token"),
                     .body = {}};
  for (const auto& [name, value] : request.params)
    result.query.emplace(name, value);
  if (request.get_header_value_count("Host") != 1) result.host.clear();
  return result;
}

void give(httplib::Response& to, const HttpResponse& from) {
  to.status = from.status;
  to.set_content(from.body, from.type);
  for (const auto& [name, value] : from.headers)
    to.set_header(name, value);
  if (from.status >= 400) must_close = true;
}

class Connections : public httplib::Server {
 public:
  Connections() {
    set_tcp_nodelay(true);
    set_keep_alive_max_count(kRequestsOfOneConnection);
    set_keep_alive_timeout(10);
    // Not SO_REUSEPORT, the library's default: a second server would share the port.
    set_socket_options([](socket_t socket) {
      const int yes = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    });
    set_default_headers({{"X-Content-Type-Options", "nosniff"}, {"Cache-Control", "no-store"}});
    new_task_queue = [this] {
      auto* crew = new Crew;  // owned by the library
      crew_ = crew;
      return crew;
    };
  }

  void set_answering(Answering answering) {
    answering_ = std::move(answering);
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return before_body(request, response);
    });
    Post(".*", [this](const httplib::Request& request, httplib::Response& response,
                      const httplib::ContentReader& read) { post(request, response, read); });
    set_logger([](const httplib::Request&, const httplib::Response& response) {
      if (response.status >= 400) must_close = true;
    });
  }

  // The library's own backlog is 5: a browser opens more connections than that at once.
  void widen_backlog() { ::listen(svr_sock_, kBacklog); }

 private:
  // Refuses what may not be answered before its body is read, and answers what has none.
  HandlerResponse before_body(const httplib::Request& request, httplib::Response& response) {
    const HttpRequest asked = translate(request);
    if (const auto refused = answering_.refuse(asked)) {
      give(response, *refused);
    } else if (request.is_multipart_form_data()) {
      give(response, failure(415, "expected the body itself, not a form"));
    } else if (request.method == "POST") {
      return HandlerResponse::Unhandled;
    } else {
      if (request.has_header("Content-Length") || request.has_header("Transfer-Encoding"))
        must_close = true;  // its body stays unread
      give(response, answering_.answer(asked));
    }
    return HandlerResponse::Handled;
  }

  void post(const httplib::Request& request, httplib::Response& response,
            const httplib::ContentReader& read) {
    HttpRequest asked = translate(request);
    bool fits = true;
    const bool whole = read([&](const char* bytes, size_t count) {
      fits = asked.body.size() + count <= answering_.largest_body;
      if (fits) asked.body.append(bytes, count);
      return fits;
    });
    if (!fits) return give(response, failure(413, "the request is too large"));
    if (!whole) return give(response, failure(400, "the request's body is incomplete"));
    give(response, answering_.answer(asked));
  }

  bool process_and_close_socket(socket_t socket) override {
    if (!Crew::refusing()) serve_connection(socket);
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  void serve_connection(socket_t socket) try {
    Crew& crew = *crew_;
    TimedStream stream(
        socket, [&crew] { return crew.crowded(); }, [&crew] { return crew.ending(); });
    // No compression, which costs more than it saves on one machine, and no parts of responses.
    const auto plain = [](httplib::Request& request) {
      request.headers.erase("Accept-Encoding");
      request.ranges.clear();
    };
    must_close = false;
    for (int i = 0; i < kRequestsOfOneConnection && !must_close && stream.next_request(); ++i) {
      bool closed = false;
      if (!process_request(stream, false, closed, plain) || closed) return;
    }
  } catch (...) {
    // Out of memory, for one request: its connection ends.
  }

  Answering answering_;
  std::atomic<Crew*> crew_{nullptr};
};

class RunningServer : public Server {
 public:
  RunningServer(int port, const std::function<Answering(int port)>& ready) {
    constexpr const char* kHere = "127.0.0.1";
    if (port == 0) {
      port_ = connections_.bind_to_any_port(kHere);
      if (port_ <= 0) throw Error("web server: no free port on 127.0.0.1");
    } else {
      port_ = port;
      if (!connections_.bind_to_port(kHere, port)) {
        throw Error("--port " + std::to_string(port) +
                    ": in use, or not allowed; expected another one, or no --port for any that is "
                    "free");
      }
    }
    connections_.widen_backlog();
    connections_.set_answering(ready(port_));
    thread_ = std::thread([this] { connections_.listen_after_bind(); });
    while (!connections_.is_running())
      std::this_thread::yield();
  }
  ~RunningServer() override {
    connections_.stop();
    thread_.join();
  }
  int port() const override { return port_; }

 private:
  Connections connections_;
  int port_ = 0;
  std::thread thread_;
};

std::unique_ptr<Server> serve_here(int port, const std::function<Answering(int port)>& ready) {
  return std::make_unique<RunningServer>(port, ready);
}

constexpr ServerTable kTable{serve_here};

}  // namespace
}  // namespace latent::explore

extern "C" const latent::explore::ServerTable* latent_server_table() {
  return &latent::explore::kTable;
}
