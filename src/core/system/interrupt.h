// Signals that ask the program to stop: half-written files are removed, and training saves first.
#pragma once

namespace latent {

/// Removes half-written files before SIGINT, SIGTERM, SIGHUP or SIGUSR1 end the program as usual.
/// Signals that the caller ignores stay ignored.
void clean_up_temporaries_on_exit();

/// Makes SIGINT, SIGTERM, SIGHUP and SIGUSR1 set interrupt_signal() instead of ending the program;
/// another one, at least a second later, ends it immediately. A SIGHUP or SIGINT that the caller
/// ignores (nohup, a script's background job) stays ignored.
void catch_interrupts();

/// Makes writing to a closed pipe (`| head`) fail instead of ending the program.
void ignore_lost_readers();

/// Makes a write beyond the limit of `ulimit -f` fail instead of ending the program.
void ignore_file_size_signal();

/// Returns the signal that catch_interrupts has caught, or 0.
int interrupt_signal();

}  // namespace latent
