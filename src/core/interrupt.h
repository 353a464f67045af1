// Signals that ask the program to stop: work in progress is finished and saved first.
#pragma once

namespace latent {

/// From now on SIGINT, SIGTERM and SIGHUP are noted instead of ending the program; a second one
/// ends it at once.
void catch_interrupts();

/// The signal noted since, or 0.
int interrupt_signal();

}  // namespace latent
