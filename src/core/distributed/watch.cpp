#include "core/distributed/watch.h"

#include <pthread.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "core/distributed/sign.h"
#include "core/log.h"
#include "core/system/temporary.h"
#include "core/text/split.h"

namespace latent {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// After a connection broke, a process that missed so many signs is the one that is gone.
constexpr int kMissed = 3;

constexpr const char* kStartAgain =
    "; start all processes again with --resume-if-there: the run goes on from its last checkpoint";

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);  // they are for the thread that trains
}

}  // namespace

milliseconds Patience::beat() const {
  return std::clamp(timeout / 60, milliseconds(50), milliseconds(1000));
}

milliseconds Patience::limit() const { return timeout * 3 / 4; }

struct Watch::State {
  State(std::unique_ptr<Board> connection, const Launch& where, std::string name,
        const Patience& waits)
      : board(std::move(connection)),
        launch(where),
        host(std::move(name)),
        patience(waits),
        others(static_cast<size_t>(where.size)) {}

  // All below need the mutex.
  std::string name(int64_t rank) const {
    const std::string& there = others[static_cast<size_t>(rank)].host;
    return there.empty() ? fmt::format("rank {}", rank) : fmt::format("rank {} on {}", rank, there);
  }
  std::string keeper() const {
    return launch.agent_listens
               ? fmt::format("torchrun's agent at {}:{}", launch.address, launch.port)
               : name(0);
  }
  milliseconds silence(const Neighbour& of) const {
    return std::chrono::duration_cast<milliseconds>(last_round - of.changed);
  }
  void complain(const std::string& about) {
    if (complaint.empty()) complaint = about;
  }
  void complain_of_silence(const std::string& who, milliseconds silent) {
    complain(
        fmt::format("{} was lost: no sign of life for {:.0f} s (train.distributed.timeout is "
                    "{:g}){}",
                    who, static_cast<double>(silent.count()) / 1000,
                    static_cast<double>(patience.timeout.count()) / 1000, kStartAgain));
  }
  void examine(const std::vector<std::string>& texts);
  void lose_board(const std::string& reason);
  void check_board() {
    const auto silent = std::chrono::duration_cast<milliseconds>(Clock::now() - last_round);
    if (sign == Sign::kAlive && silent > patience.limit()) complain_of_silence(keeper(), silent);
  }
  bool all_gone() const {
    for (size_t i = 0; i < others.size(); ++i) {
      const bool self = static_cast<int64_t>(i) == launch.rank;
      if (!self && others[i].sign == Sign::kAlive && silence(others[i]) < kMissed * patience.beat())
        return false;
    }
    return true;
  }

  std::mutex mutex;
  std::condition_variable changed;
  const std::unique_ptr<Board> board;
  const Launch launch;
  const std::string host;
  const Patience patience;
  std::vector<Neighbour> others;  // by rank
  Clock::time_point last_round = Clock::now();
  int64_t rounds = 0;
  Sign sign = Sign::kAlive;  // of this process
  std::string message;
  std::string complaint;
  bool taken = false;  // another thread knows of the complaint
  bool hurry = false, stop = false, ended = false;
  std::thread thread, guard;
};

void Watch::State::examine(const std::vector<std::string>& texts) {
  last_round = Clock::now();
  ++rounds;
  for (size_t i = 0; i < others.size(); ++i) {
    const auto rank = static_cast<int64_t>(i);
    others[i].read(texts[i]);
    if (rank == launch.rank) continue;
    const Neighbour& other = others[i];
    if (other.sign == Sign::kFailed)
      complain(fmt::format("{} failed: {}", name(rank), other.message));
    if (other.sign == Sign::kComplains) complain(other.message);
    if (other.sign == Sign::kAlive && silence(other) > patience.limit())
      complain_of_silence(name(rank), silence(other));
  }
}

void Watch::State::lose_board(const std::string& reason) {
  if (sign != Sign::kAlive) return;  // whoever is done needs it no more
  complain(fmt::format("{} was lost: {}{}", keeper(), reason, kStartAgain));
}

Watch::Watch(std::unique_ptr<Board> board, const Launch& launch, const std::string& host,
             const Patience& patience)
    : state_(std::make_shared<State>(std::move(board), launch, host, patience)) {
  const std::lock_guard lock(state_->mutex);
  state_->thread = std::thread([state = state_] { work(state); });
}

void Watch::work(const std::shared_ptr<State>& shared) {
  block_signals();
  State& state = *shared;
  std::vector<std::string> keys;
  for (int64_t rank = 0; rank < state.launch.size; ++rank)
    keys.push_back(sign_key(rank));
  std::unique_lock lock(state.mutex);
  for (int64_t number = 1; !state.stop; ++number) {
    const std::string mine = sign_text(number, state.sign, state.host, state.message);
    lock.unlock();
    std::vector<std::string> texts;
    std::string failure;
    try {
      state.board->write(keys[static_cast<size_t>(state.launch.rank)], mine);
      texts = state.board->read(keys);
    } catch (const std::exception& broken) {
      failure = broken.what();
    }
    lock.lock();
    if (!failure.empty()) {
      state.lose_board(first_line(failure));
      break;
    }
    state.examine(texts);
    state.changed.notify_all();
    state.changed.wait_for(lock, state.patience.beat(), [&] { return state.stop || state.hurry; });
    state.hurry = false;
  }
  state.ended = true;
  state.changed.notify_all();
}

std::string Watch::first_sign(const std::string& host) {
  return sign_text(0, Sign::kAlive, host, "");
}

Watch::~Watch() {
  std::unique_lock lock(state_->mutex);
  state_->stop = true;
  state_->changed.notify_all();
  state_->changed.wait_for(lock, std::chrono::seconds(1), [&] { return state_->ended; });
  const bool ended = state_->ended;
  lock.unlock();
  if (state_->guard.joinable()) state_->guard.join();
  if (ended)
    state_->thread.join();
  else
    state_->thread.detach();
}

std::string Watch::complaint() const {
  const std::lock_guard lock(state_->mutex);
  state_->check_board();
  if (!state_->complaint.empty()) state_->taken = true;
  return state_->complaint;
}

std::string Watch::explain(const std::string& reason) const {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.taken = true;  // this thread ends the process
  const auto end = Clock::now() + state.patience.limit();
  while (Clock::now() < end) {
    state.check_board();
    for (int64_t rank = 0; rank < state.launch.size; ++rank) {
      const Neighbour& other = state.others[static_cast<size_t>(rank)];
      if (rank != state.launch.rank && other.sign == Sign::kAlive &&
          state.silence(other) > kMissed * state.patience.beat()) {
        state.complain(fmt::format(
            "{} was lost: its connection broke; look for its last message, or for what killed it{}",
            state.name(rank), kStartAgain));
      }
    }
    if (!state.complaint.empty()) return state.complaint;
    state.changed.wait_for(lock, state.patience.beat());
  }
  state.complain(fmt::format("the connection to another process broke: {}{}", reason, kStartAgain));
  return state.complaint;
}

void Watch::fail(const std::string& message) {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.taken = true;
  state.sign = message == state.complaint ? Sign::kComplains : Sign::kFailed;
  state.message = message;
  state.hurry = true;
  state.changed.notify_all();
  const int64_t read = state.rounds + 2;  // a round may have begun before
  const bool keeps = state.launch.rank == 0 && !state.launch.agent_listens;
  const auto end = Clock::now() + (keeps ? 2 * kMissed : 2) * state.patience.beat();
  state.changed.wait_until(lock, end, [&] {
    return state.ended || (state.rounds >= read && (!keeps || state.all_gone()));
  });
}

void Watch::leave() {
  State& state = *state_;
  std::unique_lock lock(state.mutex);
  state.sign = Sign::kLeft;
  state.hurry = true;
  state.changed.notify_all();
  const int64_t read = state.rounds + 2;
  state.changed.wait_for(lock, state.patience.limit(), [&] {
    return state.ended || !state.complaint.empty() || (state.rounds >= read && state.all_gone());
  });
}

void Watch::end_process_if_needed() {
  const std::lock_guard held(state_->mutex);
  state_->guard = std::thread([state = state_] {
    block_signals();
    std::optional<Clock::time_point> since;
    std::unique_lock lock(state->mutex);
    while (!state->stop) {
      state->check_board();
      if (!state->complaint.empty() && !since) since = Clock::now();
      if (since && !state->taken && Clock::now() - *since > state->patience.timeout / 10) {
        log::error("{}", state->complaint);
        remove_noted_temporaries();
        ::_exit(1);
      }
      state->changed.wait_for(lock, state->patience.beat());
    }
  });
}

}  // namespace latent
