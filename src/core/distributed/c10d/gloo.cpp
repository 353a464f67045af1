// latent_distributed.so: the board, and sums by Gloo between the hosts' memories.

// Here, not for the compiler: the precompiled header was made without it.
#define USE_C10D_GLOO

#include <spdlog/fmt/fmt.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include <cstdlib>

#include "core/distributed/c10d/board.h"
#include "core/distributed/c10d/sockets.h"
#include "core/distributed/c10d/work.h"
#include "core/error.h"
#include "core/text/split.h"

namespace latent {
namespace {

using c10d::ProcessGroupGloo;

// A sum may take as long as a process needs to come to it: the watch finds those that are gone.
constexpr std::chrono::hours kForever{24 * 365};

// Listens at one address only: that of GLOO_SOCKET_IFNAME, or the one that leads to rank 0.
std::shared_ptr<gloo::transport::Device> make_device(const Launch& launch) {
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  if (interface != nullptr && *interface != '\0')
    return ProcessGroupGloo::createDeviceForInterface(interface);
  return ProcessGroupGloo::createDeviceForHostname(address_towards(launch.address, launch.port));
}

std::unique_ptr<Adder> connect_gloo(Board& board, const Launch& launch,
                                    std::chrono::milliseconds most) {
  const auto& stored = static_cast<StoreBoard&>(board);  // the board is of this library
  try {
    auto options = ProcessGroupGloo::Options::create(most);
    options->devices.push_back(make_device(launch));
    options->threads = 1;  // one sum at a time
    auto group = c10::make_intrusive<ProcessGroupGloo>(
        c10::make_intrusive<c10d::PrefixStore>("gloo", stored.store()),
        static_cast<int>(launch.rank), static_cast<int>(launch.size), options);
    group->setTimeout(kForever);
    return std::make_unique<BackendAdder>(std::move(group), /*waits=*/true);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& failure) {
    throw Error(fmt::format(
        "Gloo: the processes cannot connect with each other: {}; expected that each reaches every "
        "other's machine; GLOO_SOCKET_IFNAME names the network to use (eth0)",
        first_line(failure.what())));
  }
}

}  // namespace
}  // namespace latent

extern "C" __attribute__((visibility("default"))) const latent::GroupTable* latent_group_table() {
  static const latent::GroupTable table{.open_board = latent::open_store_board,
                                        .connect = latent::connect_gloo};
  return &table;
}
