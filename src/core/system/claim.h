// Work that several processes share out among themselves, on one machine or on several that see one
// folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace latent {

/// The right to do one piece of work.
///
/// A file made with O_EXCL that names its holder, its host and process, and whose time is renewed
/// while the work lasts. A claim lapses when its process has died (on the holder's own machine), or
/// when it was not renewed for a minute. Then another process takes it over by making the file of
/// the next number, which only one of them can do. Times are compared with that of a file made now
/// in the same folder, so the clocks of the machines need not agree.
class Claim {
 public:
  /// Returns nothing if another process holds the claim on `name`, or takes it at this moment.
  /// folder: for the files of the claims; must exist. Throws Error if it cannot be written to.
  static std::optional<Claim> take(const std::filesystem::path& folder, const std::string& name);
  /// Returns "process 1234 on host" if a process holds the claim, else "".
  static std::string holder(const std::filesystem::path& folder, const std::string& name);
  /// Makes sure that a folder can keep claims: that a file is made once only, and that its time can
  /// be renewed. Throws Error if not.
  static void check(const std::filesystem::path& folder);

  Claim(Claim&& other) noexcept;
  Claim& operator=(Claim&&) = delete;
  /// Gives the claim up.
  ~Claim();

  /// Renews the claim if that is due; call it every second or so. Returns false if another process
  /// has taken it over, because this one was stopped for long: it must not go on.
  bool renew();

 private:
  Claim(std::filesystem::path folder, std::string name, int number);
  std::filesystem::path file(int number) const;

  std::filesystem::path folder_;
  std::string name_;
  int number_;  // 0: no longer held
  double renewed_;
};

}  // namespace latent
