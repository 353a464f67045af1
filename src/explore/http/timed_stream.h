// A connection that is given up when it takes too long.
#pragma once

#include <httplib.h>
#include <poll.h>

#include <array>
#include <chrono>
#include <functional>
#include <string>

namespace latent::explore {

/// Reads and writes a socket in non-blocking steps, each waited for until the request's deadline.
class TimedStream : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  /// crowded: whether others wait for the thread that serves this connection; then a request gets
  /// less time. ending: whether the server ends.
  TimedStream(socket_t socket, std::function<bool()> crowded, std::function<bool()> ending);

  /// Waits for the first byte of the next request and gives the request its time. Returns false if
  /// the connection is closed or idle for too long.
  bool next_request();

  bool is_readable() const override { return held_ > 0 || is_ready(POLLIN, Clock::now()); }
  bool is_writable() const override { return is_ready(POLLOUT, Clock::now()); }
  ssize_t read(char* bytes, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  socket_t socket() const override { return socket_; }

 private:
  bool is_ready(short events, Clock::time_point until) const;
  // Waits until the request's time is over, which depends on the crowd.
  bool wait(short events) const;
  Clock::time_point deadline(Clock::duration alone, Clock::duration crowd) const;

  socket_t socket_;
  std::function<bool()> crowded_, ending_;
  Clock::time_point begun_ = Clock::now();
  bool in_request_ = false;
  std::array<char, 4096> buffer_{};
  size_t first_ = 0, held_ = 0;
};

}  // namespace latent::explore
