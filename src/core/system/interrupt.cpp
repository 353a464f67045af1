#include "core/system/interrupt.h"

#include <time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>

#include "core/system/temporary.h"

namespace latent {
namespace {

volatile std::sig_atomic_t noted = 0;
std::atomic<int64_t> noted_at{0};  // milliseconds
static_assert(std::atomic<int64_t>::is_always_lock_free);

// `timeout`, shells that lose their terminal and systemd send two signals at once for one request.
constexpr int64_t kOneWish = 1000;  // milliseconds

// SIGUSR1: what Slurm is asked to send before a job's time is over (--signal=USR1@60).
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

void end(int signal) {
  remove_noted_temporaries();
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigaction(signal, &usual, nullptr);
  ::raise(signal);
}

void note(int signal) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t time = now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
  if (noted == 0) {
    noted_at = time;
    noted = signal;
  } else if (time - noted_at >= kOneWish) {
    remove_noted_temporaries();
    ::_exit(128 + signal);
  }
}

}  // namespace

void clean_up_temporaries_on_exit() {
  struct sigaction action {};
  action.sa_handler = end;
  sigemptyset(&action.sa_mask);
  for (const int signal : kSignals) {
    struct sigaction before {};
    const bool ignored =
        sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;  // nohup, `&`
    if (!ignored) sigaction(signal, &action, nullptr);
  }
}

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : kSignals) {
    struct sigaction before {};
    const bool ignored = sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN;
    // nohup ignores SIGHUP, and shells ignore SIGINT for background jobs of scripts. SIGTERM is
    // always meant for this process.
    if (!ignored || signal == SIGTERM) sigaction(signal, &action, nullptr);
  }
}

void ignore_lost_readers() { std::signal(SIGPIPE, SIG_IGN); }

void ignore_file_size_signal() { std::signal(SIGXFSZ, SIG_IGN); }

int interrupt_signal() { return noted; }

}  // namespace latent
