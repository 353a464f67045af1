#include "core/system/temporary.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/log.h"

namespace latent {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kTemporary = ".tmp";  // and the number of the process

// A name for the signal handler, which must not allocate memory.
struct Noted {
  std::atomic<bool> taken;
  std::atomic<bool> ready;
  char name[4096];
};
static_assert(std::atomic<bool>::is_always_lock_free);

constexpr int kMaxNoted = 16;
Noted noted_names[kMaxNoted];

std::vector<fs::path> abandoned_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    if (std::error_code other;
        is_left_over(it->path()) && fs::is_regular_file(it->symlink_status(other)))
      found.push_back(it->path());
  }
  return found;
}

}  // namespace

fs::path temporary_name(const fs::path& path) {
  fs::path temporary = path;
  temporary += std::string(kTemporary) + std::to_string(::getpid());
  return temporary;
}

bool is_temporary(const fs::path& path) {
  const std::string name = path.filename().string();
  const size_t at = name.rfind(kTemporary);
  if (at == std::string::npos || at == 0) return false;
  const std::string process = name.substr(at + kTemporary.size());
  return !process.empty() && process.find_first_not_of("0123456789") == std::string::npos;
}

bool is_abandoned(const fs::path& temporary) {
  const std::string name = temporary.filename().string();
  const auto process =
      std::strtol(name.c_str() + name.rfind(kTemporary) + kTemporary.size(), nullptr, 10);
  return ::kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH;
}

bool is_left_over(const fs::path& temporary) {
  if (!is_temporary(temporary) || !is_abandoned(temporary)) return false;
  std::error_code code;
  const auto touched = fs::last_write_time(temporary, code);
  return !code && fs::file_time_type::clock::now() - touched > std::chrono::hours(1);
}

void remove_abandoned(const fs::path& path) {
  static std::mutex looking;
  static std::map<fs::path, std::vector<fs::path>> abandoned;  // by folder
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const std::lock_guard guard(looking);
  const auto [known, first] = abandoned.try_emplace(folder);
  if (first) known->second = abandoned_in(folder);
  const std::string prefix = path.filename().string() + std::string(kTemporary);
  std::erase_if(known->second, [&](const fs::path& left) {
    const std::string name = left.filename().string();
    const bool ours =
        name.starts_with(prefix) && name.rfind(kTemporary) + kTemporary.size() == prefix.size();
    std::error_code code;
    if (ours && fs::remove(left, code))
      log::info("removed {}, left half-written by a process that was killed", left.string());
    return ours;
  });
}

void NotedTemporary::note(const fs::path& temporary) {
  const std::string& name = temporary.native();
  if (name.size() >= sizeof Noted::name) return;
  for (int slot = 0; slot < kMaxNoted; ++slot) {
    Noted& noted = noted_names[slot];
    if (noted.taken.exchange(true)) continue;
    std::memcpy(noted.name, name.c_str(), name.size() + 1);
    noted.ready = true;
    slot_ = slot;
    return;
  }
}

void NotedTemporary::forget() {
  if (slot_ < 0) return;
  noted_names[slot_].ready = false;
  noted_names[slot_].taken = false;
  slot_ = -1;
}

void remove_noted_temporaries() {
  for (const Noted& noted : noted_names)
    if (noted.ready) ::unlink(noted.name);
}

}  // namespace latent
