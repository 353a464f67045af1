#include "core/distributed/c10d/board.h"

#include <c10/util/Logging.h>
#include <spdlog/fmt/fmt.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <cstdlib>
#include <utility>

#include "core/distributed/c10d/sockets.h"
#include "core/error.h"
#include "core/text/split.h"

namespace latent {
namespace {

// LibTorch's exceptions hold stack traces.
template <class Work>
auto plainly(Work work) {
  try {
    return work();
  } catch (const std::exception& failure) {
    throw Error(first_line(failure.what()));
  }
}

// c10d warns of each broken connection with a stack trace; the watch says it in one line.
void quieten() {
  ::setenv("TORCH_CPP_LOG_LEVEL", "ERROR", /*overwrite=*/0);
  c10::initLogging();
}

}  // namespace

void StoreBoard::write(const std::string& key, const std::string& text) {
  plainly([&] { store_->set(key, std::vector<uint8_t>(text.begin(), text.end())); });
}

std::vector<std::string> StoreBoard::read(const std::vector<std::string>& keys) {
  return plainly([&] {
    std::vector<std::string> texts;
    for (const auto& bytes : store_->multiGet(keys))
      texts.emplace_back(bytes.begin(), bytes.end());
    return texts;
  });
}

bool StoreBoard::has(const std::string& key) {
  return plainly([&] { return store_->check({key}); });
}

std::unique_ptr<Board> StoreBoard::another() {
  return plainly([&] { return std::make_unique<StoreBoard>(store_->clone()); });
}

std::unique_ptr<Board> open_store_board(const Launch& launch, std::chrono::milliseconds most) {
  quieten();
  c10d::TCPStoreOptions options;
  options.port = static_cast<std::uint16_t>(launch.port);
  options.isServer = launch.rank == 0 && !launch.agent_listens;
  options.waitWorkers = false;
  options.timeout = most;
  if (options.isServer)
    options.masterListenFd = listen_at(launch.address, launch.port);
  else
    wait_for_listener(launch.address, launch.port, most);
  try {
    auto store = c10::make_intrusive<c10d::TCPStore>(launch.address, options);
    // Another job whose rank 0 has the same port must not mix with this one.
    return std::make_unique<StoreBoard>(c10::make_intrusive<c10d::PrefixStore>(
        fmt::format("latent/{}", launch.job), std::move(store)));
  } catch (const std::exception& failure) {
    throw Error(
        fmt::format("{}:{}: {}; expected the processes of one training at MASTER_ADDR and "
                    "MASTER_PORT",
                    launch.address, launch.port, first_line(failure.what())));
  }
}

}  // namespace latent
