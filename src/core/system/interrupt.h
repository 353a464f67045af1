// Signals that ask the program to stop: half-written files go, and training is saved first.
#pragma once

namespace latent {

/// SIGINT, SIGTERM and SIGHUP end the program as ever, but the files that are half-written go
/// first. Signals that the caller ignores stay ignored.
void clean_up_temporaries_on_exit();

/// From now on SIGINT, SIGTERM and SIGHUP are noted instead of ending the program; another one, a
/// second later or after, ends it at once. A SIGHUP or SIGINT that the caller ignores (nohup, a
/// script's background job) stays ignored.
void catch_interrupts();

/// Writing to a pipe that nobody reads (`| head`) fails from now on, instead of ending the program.
void ignore_lost_readers();

/// A file that grows beyond the limit of `ulimit -f` is an error of the write, not the end of the
/// program.
void ignore_file_size_signal();

/// The signal noted since, or 0.
int interrupt_signal();

}  // namespace latent
