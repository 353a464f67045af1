#include "explore/http/timed_stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace latent::explore {
namespace {

using namespace std::chrono_literals;

constexpr auto kRequestTime = 20s, kCrowdedRequestTime = 1s;
constexpr auto kIdleTime = 15s;
constexpr auto kCrowdedIdleTime = 100ms;
constexpr auto kLook = 50ms;  // between looks at the crowd and the end

}  // namespace

TimedStream::TimedStream(socket_t socket, std::function<bool()> crowded,
                         std::function<bool()> ending)
    : socket_(socket), crowded_(std::move(crowded)), ending_(std::move(ending)) {}

bool TimedStream::is_ready(short events, Clock::time_point until) const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
  pollfd asked{.fd = socket_, .events = events, .revents = 0};
  const int timeout = static_cast<int>(std::max<int64_t>(0, left.count()));
  return ::poll(&asked, 1, timeout) > 0 && (asked.revents & (POLLNVAL | POLLERR)) == 0;
}

TimedStream::Clock::time_point TimedStream::deadline(Clock::duration alone,
                                                     Clock::duration crowd) const {
  return begun_ + (crowded_() ? crowd : alone);
}

bool TimedStream::wait(short events) const {
  for (;;) {
    if (is_ready(events, Clock::now() + kLook)) return true;
    const auto end = in_request_ ? deadline(kRequestTime, kCrowdedRequestTime)
                                 : deadline(kIdleTime, kCrowdedIdleTime);
    if (ending_() || Clock::now() >= end) return false;
  }
}

bool TimedStream::next_request() {
  in_request_ = false;
  begun_ = Clock::now();
  if (held_ == 0 && !wait(POLLIN)) return false;
  in_request_ = true;
  begun_ = Clock::now();
  return true;
}

ssize_t TimedStream::read(char* bytes, size_t size) {
  if (held_ == 0) {
    // A client that sends a byte now and then must not hold its thread for longer.
    if (Clock::now() >= deadline(kRequestTime, kRequestTime)) return -1;
    if (!wait(POLLIN)) return -1;
    const ssize_t got = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (got <= 0) return got;
    first_ = 0;
    held_ = static_cast<size_t>(got);
  }
  const size_t given = std::min(size, held_);
  std::memcpy(bytes, buffer_.data() + first_, given);
  first_ += given;
  held_ -= given;
  return static_cast<ssize_t>(given);
}

ssize_t TimedStream::write(const char* bytes, size_t size) {
  // The computing of the answer does not count.
  begun_ = Clock::now();
  size_t sent = 0;
  while (sent < size) {
    if (Clock::now() >= deadline(kRequestTime, kRequestTime) || !wait(POLLOUT)) return -1;
    const ssize_t some = ::send(socket_, bytes + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (some < 0 && errno != EAGAIN && errno != EINTR) return -1;
    if (some > 0) sent += static_cast<size_t>(some);
  }
  return static_cast<ssize_t>(sent);
}

// Nobody asks: the server listens to this machine alone.
void TimedStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = "127.0.0.1";
  port = 0;
}

void TimedStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip = "127.0.0.1";
  port = 0;
}

}  // namespace latent::explore
