// Addresses and sockets for a group's board.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace latent {

/// Returns a socket that listens at `host` alone, not at the machine's other addresses; at all of
/// them only if /etc/hosts gives the machine's own name a loopback address, at which no other
/// machine could connect. Throws Error if the host is no address of this machine or another process
/// has the port.
int listen_at(const std::string& host, int64_t port);

/// Waits until something accepts connections at that address. Throws Error after `most`.
void wait_for_listener(const std::string& host, int64_t port, std::chrono::milliseconds most);

/// Returns the address of this machine from which it reaches `host`, as numbers: "10.0.0.7".
/// Throws Error if it does not reach it.
std::string address_towards(const std::string& host, int64_t port);

}  // namespace latent
