#include "core/system/crash.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <initializer_list>
#include <string_view>

#include "core/system/temporary.h"

namespace latent {

#if defined(__SANITIZE_ADDRESS__)

void install_crash_handler() {}

#else

namespace {

constexpr std::string_view kSegmentationFault =
    "error: a library made an invalid memory access, usually because memory ran out; lower "
    "train.batch_size or data.size, or free memory; saved files are intact\n";
constexpr std::string_view kBusError =
    "error: a file in use was truncated or can no longer be read, or memory ran out; check the "
    "disks "
    "of the data and of LATENT_CACHE, or free memory; saved files are intact\n";

std::atomic_flag reported;
bool on_terminal = false;
// The stack of the main thread may be full. Other threads use their own.
alignas(16) char stack[1 << 16];

void print(std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

// Prints the message of a signal and ends the process; calls only what a signal handler may call.
void report_crash(int signal, siginfo_t* info, void* /*context*/) {
  // Another thread that crashes meanwhile crashes again and again until the first one is done.
  if (reported.test_and_set()) return;
  if (on_terminal) print("\r\x1b[K");  // replaces a progress bar
  print(signal == SIGBUS ? kBusError : kSegmentationFault);
  remove_noted_temporaries();
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigaction(signal, &usual, nullptr);
  // Returning repeats the access, which then ends the process; a signal that was sent is raised.
  if (info->si_code <= 0) ::raise(signal);
}

}  // namespace

void install_crash_handler() {
  on_terminal = ::isatty(STDERR_FILENO) == 1;
  stack_t other{};
  other.ss_sp = stack;
  other.ss_size = sizeof stack;
  ::sigaltstack(&other, nullptr);
  struct sigaction action {};
  action.sa_sigaction = report_crash;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS})
    sigaction(signal, &action, nullptr);
}

#endif

}  // namespace latent
