// The signs of life that the processes of a group leave for each other.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace latent {

enum class Sign : char {
  kAlive = 'a',
  kLeft = 'l',      // is done, without an error
  kFailed = 'f',    // ends with an error of its own
  kComplains = 'c'  // ends because another process was lost
};

/// Returns the text of a sign. number: grows with each sign. message: of kFailed and kComplains.
std::string sign_text(int64_t number, Sign sign, const std::string& host,
                      const std::string& message);

/// Returns the key of a process's sign on the board: "sign/3".
std::string sign_key(int64_t rank);

/// What is known of another process.
struct Neighbour {
  std::string text = "";  // its last sign
  std::chrono::steady_clock::time_point changed = std::chrono::steady_clock::now();
  Sign sign = Sign::kAlive;
  std::string host = "", message = "";  // "": not known yet

  /// Reads a sign that may be the same as before.
  void read(const std::string& found);
};

}  // namespace latent
