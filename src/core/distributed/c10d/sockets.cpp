#include "core/distributed/c10d/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "core/error.h"

namespace latent {
namespace {

using Clock = std::chrono::steady_clock;
using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

// host: "" for all addresses of this machine.
Addresses look_up(const std::string& host, int64_t port, int type) {
  addrinfo hints{};
  hints.ai_family = host.empty() ? AF_INET : AF_UNSPEC;
  hints.ai_socktype = type;
  hints.ai_flags = host.empty() ? AI_PASSIVE : 0;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                 std::to_string(port).c_str(), &hints, &found);
  if (code != 0) {
    throw Error(fmt::format("MASTER_ADDR {}: {}; expected a host that this machine can look up",
                            host, ::gai_strerror(code)));
  }
  return {found, &::freeaddrinfo};
}

bool is_loopback(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    const auto& four = reinterpret_cast<const sockaddr_in&>(address);
    return ntohl(four.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  }
  if (address.sa_family != AF_INET6) return false;
  const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
  return IN6_IS_ADDR_LOOPBACK(&six.sin6_addr) != 0;
}

// Debian gives a machine's own name an address such as 127.0.1.1.
bool is_own_name(const std::string& host, const Addresses& addresses) {
  std::array<char, sizeof(in6_addr)> bytes{};
  const bool numbers = ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
                       ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
  return !numbers && host != "localhost" && is_loopback(*addresses->ai_addr);
}

// Returns the first address of this machine that others may reach, as numbers; "" if there is none.
std::string outer_address() {
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return "";
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(all, &::freeifaddrs);
  for (const ifaddrs* each = all; each != nullptr; each = each->ifa_next) {
    const bool usable = each->ifa_addr != nullptr && each->ifa_addr->sa_family == AF_INET &&
                        (each->ifa_flags & IFF_UP) != 0 && !is_loopback(*each->ifa_addr);
    std::array<char, INET_ADDRSTRLEN> text{};
    if (usable &&
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(each->ifa_addr)->sin_addr,
                    text.data(), text.size()) != nullptr) {
      return text.data();
    }
  }
  return "";
}

Addresses resolve(const std::string& host, int64_t port, int type) {
  Addresses found = look_up(host, port, type);
  const std::string outer = is_own_name(host, found) ? outer_address() : "";
  return outer.empty() ? std::move(found) : look_up(outer, port, type);
}

class Socket {
 public:
  explicit Socket(const addrinfo& address)
      : descriptor_(
            ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, address.ai_protocol)) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_;
};

// Returns the first result that is not empty; sets errno if there is none.
template <class Result>
Result first_of(const Addresses& addresses, Result none,
                const std::function<Result(const addrinfo&)>& attempt) {
  for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
    if (Result result = attempt(*each); result != none) return result;
  }
  return none;
}

bool connects(const addrinfo& address, std::chrono::milliseconds most) {
  const Socket socket(address);
  if (socket.get() < 0) return false;
  ::fcntl(socket.get(), F_SETFL, ::fcntl(socket.get(), F_GETFL) | O_NONBLOCK);
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return true;
  if (errno != EINPROGRESS) return false;
  pollfd waiting{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(most.count())) != 1) {
    errno = ETIMEDOUT;
    return false;
  }
  int code = 0;
  socklen_t size = sizeof(code);
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &code, &size);
  errno = code;
  return code == 0;
}

}  // namespace

int listen_at(const std::string& host, int64_t port) {
  const Addresses named = look_up(host, port, SOCK_STREAM);
  const Addresses everywhere = look_up("", port, SOCK_STREAM);
  const Addresses& addresses = is_own_name(host, named) ? everywhere : named;
  const int descriptor = first_of<int>(addresses, -1, [](const addrinfo& address) {
    Socket socket(address);
    if (socket.get() < 0) return -1;
    const int yes = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (::bind(socket.get(), address.ai_addr, address.ai_addrlen) != 0) return -1;
    if (::listen(socket.get(), SOMAXCONN) != 0) return -1;
    return socket.release();
  });
  if (descriptor >= 0) return descriptor;
  const int code = errno;
  if (code == EADDRINUSE) {
    throw Error(fmt::format(
        "MASTER_PORT {}: another process has this port of {}; expected a free one", port, host));
  }
  throw Error(fmt::format(
      "MASTER_ADDR {}: rank 0 cannot listen there: {}; expected an address of rank 0's machine",
      host, std::strerror(code)));
}

void wait_for_listener(const std::string& host, int64_t port, std::chrono::milliseconds most) {
  const auto end = Clock::now() + most;
  std::chrono::milliseconds pause{20};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    const Addresses addresses = resolve(host, port, SOCK_STREAM);
    const bool connected = first_of<bool>(addresses, false, [&](const addrinfo& address) {
      return connects(address, std::max(left, std::chrono::milliseconds(1)));
    });
    if (connected) return;
    if (const int code = errno; Clock::now() + pause >= end) {
      throw Error(fmt::format(
          "rank 0 does not answer at {}:{} ({}) for {:.0f} s; expected that it starts at about the "
          "same time, at MASTER_ADDR and MASTER_PORT",
          host, port, std::strerror(code), static_cast<double>(most.count()) / 1000));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, std::chrono::milliseconds(500));
  }
}

// Connecting a datagram socket sends nothing, but chooses the address.
std::string address_towards(const std::string& host, int64_t port) {
  const Addresses addresses = resolve(host, port, SOCK_DGRAM);
  const std::string found =
      first_of<std::string>(addresses, "", [](const addrinfo& address) -> std::string {
        const Socket socket(address);
        if (socket.get() < 0) return "";
        if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) return "";
        sockaddr_storage own{};
        socklen_t size = sizeof(own);
        auto* generic = reinterpret_cast<sockaddr*>(&own);
        if (::getsockname(socket.get(), generic, &size) != 0) return "";
        std::array<char, NI_MAXHOST> text{};
        if (::getnameinfo(generic, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
          return "";
        return text.data();
      });
  if (!found.empty()) return found;
  throw Error(fmt::format("MASTER_ADDR {}: no way to it from this machine: {}", host,
                          std::strerror(errno)));
}

}  // namespace latent
