// The exit code of a command that found what its caller wants to know.
#pragma once

#include <exception>

namespace latent {

/// Ends a command with an exit code of its own. All output is written, so main prints no message.
class ExitWith : public std::exception {
 public:
  explicit ExitWith(int exit_code) : exit_code_(exit_code) {}
  int exit_code() const { return exit_code_; }

 private:
  int exit_code_;
};

}  // namespace latent
