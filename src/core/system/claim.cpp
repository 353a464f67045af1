#include "core/system/claim.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "core/error.h"
#include "core/system/file.h"
#include "core/system/process.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr double kRenewal = 10, kLapse = 60;  // seconds
constexpr const char* kEnding = ".claim";

double monotonic_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::string this_host() { return host_name("?"); }

std::string word_of(const fs::path& path) {
  std::ifstream in(path);
  std::string word;
  in >> word;
  return word.empty() ? "?" : word;
}

// What must be equal for the numbers of processes to mean the same: the boot, and the container.
std::string process_space() {
  std::error_code code;
  const fs::path space = fs::read_symlink("/proc/self/ns/pid", code);
  return word_of("/proc/sys/kernel/random/boot_id") + "/" + (code ? "?" : space.string());
}

// The time at which a process started, in ticks; "" if there is no such process, or only its exit
// code is left of it. A number alone may have gone to another process since.
std::string start_of(const std::string& process) {
  std::ifstream in("/proc/" + process + "/stat");
  std::string text;
  std::getline(in, text);
  // The second field, in parentheses, may hold anything; the start is the 22nd. Source: proc(5).
  const size_t end = text.rfind(')');
  if (end == std::string::npos) return "";
  std::istringstream fields(text.substr(end + 1));
  std::string state, field;
  fields >> state;
  for (int i = 4; i <= 22; ++i)
    fields >> field;
  return fields && state != "Z" && state != "X" ? field : "";
}

// A claim's file as text: a line for people, and one for programs.
struct Holder {
  std::string process, host, space, start;

  std::string text() const {
    return "process " + process + " on " + host + "\n" + space + " " + start + "\n";
  }
};

Holder this_holder() {
  const std::string process = std::to_string(::getpid());
  return {process, this_host(), process_space(), start_of(process)};
}

// Reads such a file; fields that are not there, because it was just made, are empty.
Holder read_holder(const fs::path& path) {
  std::istringstream in(first_bytes(path, 1024));
  Holder holder;
  std::string word;
  in >> word >> holder.process >> word >> holder.host >> holder.space >> holder.start;
  const bool number = holder.process.find_first_not_of("0123456789") == std::string::npos;
  return number ? holder : Holder();
}

// Creates a file that did not exist. Returns whether this process made it.
bool make_new(const fs::path& path, const std::string& text) {
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (descriptor < 0 && errno == EEXIST) return false;
  if (descriptor < 0) throw Error(path.string() + ": cannot be written: " + std::strerror(errno));
  const ssize_t written = ::write(descriptor, text.data(), text.size());
  const int error = errno;
  ::close(descriptor);
  if (written == static_cast<ssize_t>(text.size())) return true;
  ::unlink(path.c_str());
  throw Error(path.string() + ": cannot be written: " + std::strerror(error));
}

fs::path probe_in(const fs::path& folder) {
  return folder / (".probe-" + this_host() + "-" + std::to_string(::getpid()));
}

// The time of a file, in seconds; nothing if it is gone.
std::optional<double> time_of(const fs::path& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return static_cast<double>(found.st_mtim.tv_sec) +
         static_cast<double>(found.st_mtim.tv_nsec) * 1e-9;
}

// The present time by the clock of whoever keeps the folder.
double folder_time(const fs::path& folder) {
  const fs::path probe = probe_in(folder);
  ::unlink(probe.c_str());
  make_new(probe, "");
  const auto time = time_of(probe);
  ::unlink(probe.c_str());
  if (!time) throw Error(folder.string() + ": a file made in this folder is not there");
  return *time;
}

bool is_alive(const fs::path& path, const fs::path& folder) {
  const auto time = time_of(path);
  if (!time) return false;
  const Holder holder = read_holder(path);
  if (!holder.start.empty() && holder.space == process_space())
    return start_of(holder.process) == holder.start;
  return folder_time(folder) - *time < kLapse;
}

// The largest number of a claim's files; 0 if there is none.
int last_number(const fs::path& folder, const std::string& name) {
  const std::string prefix = name + ".";
  int last = 0;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    const std::string file = it->path().filename().string();
    if (!file.starts_with(prefix) || !file.ends_with(kEnding)) continue;
    const char* const first = file.data() + prefix.size();
    const char* const after = file.data() + file.size() - std::strlen(kEnding);
    int number = 0;
    if (first < after && std::from_chars(first, after, number).ptr == after)
      last = std::max(last, number);
  }
  return last;
}

fs::path claim_file(const fs::path& folder, const std::string& name, int number) {
  return folder / (name + "." + std::to_string(number) + kEnding);
}

}  // namespace

Claim::Claim(fs::path folder, std::string name, int number)
    : folder_(std::move(folder)),
      name_(std::move(name)),
      number_(number),
      renewed_(monotonic_seconds()) {}

Claim::Claim(Claim&& other) noexcept
    : folder_(std::move(other.folder_)),
      name_(std::move(other.name_)),
      number_(std::exchange(other.number_, 0)),
      renewed_(other.renewed_) {}

Claim::~Claim() {
  // The newest last, so that nobody takes an older one, which has lapsed, for the newest.
  for (int number = 1; number <= number_; ++number)
    ::unlink(file(number).c_str());
}

fs::path Claim::file(int number) const { return claim_file(folder_, name_, number); }

std::optional<Claim> Claim::take(const fs::path& folder, const std::string& name) {
  const int last = last_number(folder, name);
  if (last > 0 && is_alive(claim_file(folder, name, last), folder)) return std::nullopt;
  if (!make_new(claim_file(folder, name, last + 1), this_holder().text())) return std::nullopt;
  return Claim(folder, name, last + 1);
}

std::string Claim::holder(const fs::path& folder, const std::string& name) {
  const int last = last_number(folder, name);
  const fs::path path = claim_file(folder, name, last);
  if (last == 0 || !is_alive(path, folder)) return "";
  const Holder holder = read_holder(path);
  if (holder.process.empty()) return "another process";
  return "process " + holder.process + " on " + holder.host;
}

void Claim::check(const fs::path& folder) {
  const fs::path probe = probe_in(folder);
  ::unlink(probe.c_str());
  const bool once = make_new(probe, "1") && !make_new(probe, "2");
  const bool renewable = ::utimensat(AT_FDCWD, probe.c_str(), nullptr, 0) == 0;
  ::unlink(probe.c_str());
  if (once && renewable) return;
  throw Error(folder.string() + ": its file system " +
              (once ? "does not renew the time of a file" : "lets two processes make one file") +
              ", so claims cannot be trusted there; run one process only, without --worker");
}

bool Claim::renew() {
  const double now = monotonic_seconds();
  if (now - renewed_ < kRenewal) return true;
  renewed_ = now;
  const bool touched = ::utimensat(AT_FDCWD, file(number_).c_str(), nullptr, 0) == 0;
  if (touched && last_number(folder_, name_) == number_) return true;
  number_ = 0;  // the files belong to the other process
  return false;
}

}  // namespace latent
