#include "format/idx.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "core/error.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kLargest = int64_t{1} << 34;  // bytes of pixels
constexpr int64_t kDeflateRatio =
    1032;  // the best ratio of deflate, so a small file has no large content
constexpr int64_t kMaxPerRead = 1 << 24;

/// Reads a plain or gzipped file as a stream of bytes.
class IdxInput {
 public:
  explicit IdxInput(const fs::path& path) : path_(path.string()) {
    std::error_code code;
    const bool there = fs::exists(path, code);
    if (code) throw Error(path_ + ": cannot be read: " + code.message());
    if (!there) throw Error(path_ + ": no such file");
    if (!fs::is_regular_file(path, code))
      throw Error(path_ + ": not a regular file; expected an IDX file");
    bytes_on_disk_ = static_cast<int64_t>(fs::file_size(path, code));
    if (code) throw Error(path_ + ": cannot be read: " + code.message());
    file_.reset(gzopen(path.c_str(), "rb"));
    if (!file_) throw Error(path_ + ": cannot be read: " + std::strerror(errno));
    gzbuffer(file_.get(), 1 << 17);
  }

  /// Fills `data` and returns the number of bytes, which is smaller only at the end of the file.
  /// Throws Error if the gzip data are damaged.
  int64_t read(uint8_t* data, int64_t bytes) {
    int64_t done = 0;
    while (done < bytes) {
      const auto wanted = static_cast<unsigned>(std::min(bytes - done, kMaxPerRead));
      const int got = gzread(file_.get(), data + done, wanted);
      if (got < 0) fail();
      if (got == 0) break;
      done += got;
    }
    // A gzip stream that stops in the middle is reported only through gzerror.
    int code = Z_OK;
    gzerror(file_.get(), &code);
    if (code == Z_BUF_ERROR)
      throw Error(path_ + ": cut short: its gzip data have no end; fetch it again");
    return done;
  }

  /// Returns the most bytes that this file can hold.
  int64_t capacity() {
    return gzdirect(file_.get()) != 0 ? bytes_on_disk_ : bytes_on_disk_ * kDeflateRatio;
  }
  const std::string& path() const { return path_; }

 private:
  [[noreturn]] void fail() {
    int code = Z_OK;
    const std::string message = gzerror(file_.get(), &code);
    if (code == Z_BUF_ERROR)
      throw Error(path_ + ": cut short: its gzip data have no end; fetch it again");
    if (code == Z_ERRNO) throw Error(path_ + ": cannot be read: " + std::strerror(errno));
    const size_t reason = message.rfind(": ");  // zlib puts the file's name before it
    throw Error(path_ + ": damaged gzip data (" +
                (reason == std::string::npos ? message : message.substr(reason + 2)) +
                "); fetch it again");
  }

  struct Close {
    void operator()(gzFile_s* file) const { gzclose_r(file); }
  };

  std::string path_;
  int64_t bytes_on_disk_ = 0;
  std::unique_ptr<gzFile_s, Close> file_;
};

std::string sizes_text(const std::vector<int64_t>& sizes) {
  return fmt::format("{}", fmt::join(sizes, "x"));
}

void check_magic(const std::array<uint8_t, 4>& magic, int64_t dimensions, const std::string& path) {
  const auto expected = fmt::format("00 00 08 {:02x}", dimensions);
  if (magic[0] != 0 || magic[1] != 0) {
    throw Error(fmt::format("{}: not an IDX file: it begins with {:02x}; expected {}", path,
                            fmt::join(magic, " "), expected));
  }
  if (magic[2] != 0x08) {
    throw Error(fmt::format("{}: IDX values of type 0x{:02x}; expected 0x08, unsigned bytes", path,
                            magic[2]));
  }
  if (magic[3] != dimensions) {
    throw Error(fmt::format("{}: IDX file of {} dimension(s); expected {} ({})", path, magic[3],
                            dimensions, dimensions == 1 ? "labels" : "images"));
  }
}

// Checks that no size in the header is zero and that the file can hold their product.
std::vector<int64_t> read_sizes(IdxInput& input, int64_t dimensions) {
  std::array<uint8_t, 4> word{};
  const int64_t header = 4 * (dimensions + 1);
  if (input.read(word.data(), 4) < 4) {
    throw Error(
        fmt::format("{}: cut short: shorter than an IDX header of {} bytes", input.path(), header));
  }
  check_magic(word, dimensions, input.path());
  std::vector<int64_t> sizes;
  for (int64_t d = 0; d < dimensions; ++d) {
    if (input.read(word.data(), 4) < 4) {
      throw Error(fmt::format("{}: cut short: shorter than an IDX header of {} bytes", input.path(),
                              header));
    }
    sizes.push_back(int64_t{word[0]} << 24 | int64_t{word[1]} << 16 | int64_t{word[2]} << 8 |
                    word[3]);
  }
  int64_t total = 1;
  for (const int64_t size : sizes) {
    if (size == 0)
      throw Error(input.path() + ": holds nothing: its header says " + sizes_text(sizes));
    if (size > kLargest / total) {
      throw Error(
          fmt::format("{}: its header says {}; expected at most {} bytes: not a sane IDX file",
                      input.path(), sizes_text(sizes), kLargest));
    }
    total *= size;
  }
  if (total > input.capacity()) {
    throw Error(fmt::format(
        "{}: cut short: its header says {}, more than the file can hold; fetch it again",
        input.path(), sizes_text(sizes)));
  }
  return sizes;
}

}  // namespace

Tensor read_idx(const fs::path& path, int64_t dimensions) {
  IdxInput input(path);
  const auto sizes = read_sizes(input, dimensions);
  Tensor values = torch::empty(sizes, at::kByte);
  const int64_t got = input.read(values.mutable_data_ptr<uint8_t>(), values.numel());
  if (got < values.numel()) {
    throw Error(
        fmt::format("{}: cut short: its header says {} ({} bytes), it holds {}; fetch it again",
                    input.path(), sizes_text(sizes), values.numel(), got));
  }
  uint8_t extra = 0;
  if (input.read(&extra, 1) > 0) {  // for gzip this also checks the sum at the end
    throw Error(fmt::format("{}: longer than the {} its header says; expected the end of the file",
                            input.path(), sizes_text(sizes)));
  }
  return values;
}

std::vector<int64_t> read_idx_sizes(const fs::path& path, int64_t dimensions) {
  IdxInput input(path);
  return read_sizes(input, dimensions);
}

}  // namespace latent
