#include "core/interrupt.h"

#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace latent {
namespace {

volatile std::sig_atomic_t noted = 0;

void note(int signal) {
  if (noted != 0) ::_exit(128 + signal);
  noted = signal;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction before {};
    const bool unwanted = signal == SIGHUP && sigaction(signal, nullptr, &before) == 0 &&
                          before.sa_handler == SIG_IGN;  // nohup
    if (!unwanted) sigaction(signal, &action, nullptr);
  }
}

void ignore_lost_readers() { std::signal(SIGPIPE, SIG_IGN); }

void ignore_file_size_signal() { std::signal(SIGXFSZ, SIG_IGN); }

int interrupt_signal() { return noted; }

}  // namespace latent
