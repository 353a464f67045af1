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
    "error: a library ended with an invalid memory access, most often for lack of memory; lower "
    "train.batch_size or data.size, or free memory; what was saved is whole\n";
constexpr std::string_view kBusError =
    "error: a file in use was cut short or cannot be read any more, or memory ran out; look at the "
    "disks of the data and of LATENT_CACHE, or free memory; what was saved is whole\n";

std::atomic_flag told;
bool on_terminal = false;
// The thread's own stack may be what is full. Other threads than main's use theirs.
alignas(16) char stack[1 << 16];

void say(std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

// Calls only what a signal handler may.
void tell(int signal, siginfo_t* info, void* /*context*/) {
  // Another thread that fails meanwhile fails again and again, until the first one has spoken.
  if (told.test_and_set()) return;
  if (on_terminal) say("\r\x1b[K");  // in the place of a progress bar
  say(signal == SIGBUS ? kBusError : kSegmentationFault);
  remove_noted_temporaries();
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigaction(signal, &usual, nullptr);
  // The access is tried once more and ends the process there; a signal that was sent is not.
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
  action.sa_sigaction = tell;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS})
    sigaction(signal, &action, nullptr);
}

#endif

}  // namespace latent
