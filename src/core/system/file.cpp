#include "core/system/file.h"

#include <fcntl.h>
#include <spdlog/fmt/fmt.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/log.h"

namespace latent {
namespace fs = std::filesystem;
namespace {

constexpr int kMaxLinks = 40;  // as Linux follows
constexpr size_t kPiece = 1 << 20;

// Throws Error if the path names anything but a regular file: renaming would replace it, even a
// device of the system.
void expect_replaceable(const fs::path& path) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (code || !fs::exists(status) || fs::is_regular_file(status)) return;
  throw Error(path.string() + (fs::is_directory(status)
                                   ? ": is a folder; expected a file"
                                   : ": not a regular file; expected one to replace, or a new "
                                     "name"));
}

// Follows symbolic links to their target, which need not exist; returns an empty path for a loop.
fs::path followed(fs::path path) {
  std::error_code code;
  for (int links = 0; fs::is_symlink(path, code); ++links) {
    if (links == kMaxLinks) return {};
    const fs::path next = fs::read_symlink(path, code);
    if (code) break;
    path = path.parent_path() / next;
  }
  return path;
}

// Creates and opens a file that did not exist: its name can be guessed, and a link that somebody
// planted under it would lead elsewhere. Returns a negative number and sets errno, as open does.
int open_new(const fs::path& path) {
  const auto open = [&] {
    return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  };
  const int descriptor = open();
  if (descriptor >= 0 || errno != EEXIST) return descriptor;
  return ::unlink(path.c_str()) == 0 ? open() : -1;
}

// Syncs a folder, which makes the names of its files durable. The files are whole in any case.
void sync_folder(const fs::path& folder) {
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;  // a folder that may be written to but not read
  int result = 0;
  while ((result = ::fsync(directory)) != 0 && errno == EINTR) {
  }
  const int error = result == 0 ? 0 : errno;
  // Some file systems do not support it.
  const bool unknown = error == EINVAL || error == EBADF || error == ENOTSUP || error == ENOSYS;
  static std::mutex warning;
  static std::set<fs::path> warned;
  const std::lock_guard guard(warning);
  if (error != 0 && !unknown && warned.insert(folder).second) {
    log::warn(
        "{}: this folder cannot be synced to disk: {}; after a power cut its newest files may "
        "be back at their old versions",
        folder.string(), std::strerror(error));
  }
  ::close(directory);
}

}  // namespace

std::ifstream open_regular_file(const fs::path& path) {
  expect_regular_file(path);
  return open_file(path);
}

void expect_regular_file(const fs::path& path) {
  std::error_code code;
  const fs::file_status status = fs::status(path, code);
  if (code || !fs::exists(status) || fs::is_regular_file(status) || fs::is_directory(status))
    return;
  throw Error(path.string() + ": not a regular file; expected one");
}

std::ifstream open_file(const fs::path& path) {
  std::error_code code;
  const bool there = fs::exists(path, code);
  if (code) throw Error(path.string() + ": cannot be read: " + code.message());
  if (!there) throw Error(path.string() + ": no such file");
  if (fs::is_directory(path, code)) throw Error(path.string() + ": is a folder; expected a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(path.string() + ": cannot be read: " + std::strerror(errno));
  return in;
}

std::string read_file(const fs::path& path, size_t limit) {
  std::ifstream in = open_file(path);
  std::error_code code;
  const auto size = fs::file_size(path, code);
  if (!code && size > limit) {
    throw Error(path.string() + ": " + std::to_string(size) + " bytes; expected at most " +
                std::to_string(limit));
  }
  std::string bytes(code ? 0 : size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<size_t>(in.gcount()));
  // A pipe has no size, a device has no end, and a file may have grown.
  std::vector<char> piece;
  while (in && in.peek() != std::ifstream::traits_type::eof()) {
    piece.resize(kPiece);
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    bytes.append(piece.data(), static_cast<size_t>(in.gcount()));
    if (bytes.size() > limit)
      throw Error(
          fmt::format("{}: more than {} bytes; expected at most that", path.string(), limit));
  }
  if (in.bad()) throw Error(path.string() + ": cannot be read: " + std::strerror(errno));
  return bytes;
}

std::string first_bytes(const fs::path& path, size_t count) {
  // Without waiting, should the file have become a pipe.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return "";
  std::string bytes(count, '\0');
  const ssize_t got = ::read(descriptor, bytes.data(), count);
  ::close(descriptor);
  bytes.resize(got > 0 ? static_cast<size_t>(got) : 0);
  return bytes;
}

void make_directories(const fs::path& directory) {
  std::error_code code;
  fs::create_directories(directory, code);
  if (std::error_code other; code || !fs::is_directory(directory, other)) {
    throw Error(directory.string() + ": cannot make this folder: " +
                (code ? code.message() : "a file of that name exists"));
  }
}

AtomicFile::AtomicFile(fs::path path) : path_(std::move(path)) {
  expect_replaceable(path_);
  // Renaming onto a link would replace the link itself, so the file is written beside its target.
  fs::path target = followed(path_);
  if (target.empty()) {
    errno = ELOOP;
    fail("cannot be written");
  }
  path_ = std::move(target);
  remove_abandoned(path_);
  temporary_ = temporary_name(path_);
  noted_.note(temporary_);
  descriptor_ = open_new(temporary_);
  if (descriptor_ < 0) fail("cannot be written");
}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void AtomicFile::fail(const char* doing) const {
  throw Error(path_.string() + ": " + doing + ": " + std::strerror(errno));
}

void AtomicFile::write(const void* data, size_t bytes) {
  const char* next = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = ::write(descriptor_, next, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written == 0) errno = ENOSPC;  // nothing was written and no reason is given
    if (written <= 0) fail("cannot be written");
    next += written;
    bytes -= static_cast<size_t>(written);
  }
}

void AtomicFile::commit() {
  while (::fsync(descriptor_) != 0) {
    if (errno != EINTR) fail("cannot be synced to disk");
  }
  const int closing = std::exchange(descriptor_, -1);
  if (::close(closing) != 0) fail("cannot be closed");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) fail("cannot be renamed into place");
  temporary_.clear();
  noted_.forget();
  sync_folder(path_.has_parent_path() ? path_.parent_path() : fs::path("."));
}

void write_file(const fs::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace latent
