// The errors that a user can cause: main prints their message as a single line.
#pragma once

#include <stdexcept>
#include <string>

namespace latent {

/// A mistake that the user can fix. The message is one line: where, what was found, what was
/// expected, the remedy.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A command line that cannot be read: exit code 2 instead of 1.
class UsageError : public Error {
 public:
  using Error::Error;
};

/// A signal interrupted the run after its state was saved: exit code 128 + signal.
class Interrupted : public Error {
 public:
  Interrupted(const std::string& message, int signal) : Error(message), signal_(signal) {}
  int signal() const { return signal_; }

 private:
  int signal_;
};

}  // namespace latent
