#include "format/byte_stream.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include "core/error.h"
#include "core/system/file.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

class FileStream : public ByteStream {
 public:
  explicit FileStream(const fs::path& path) : name_(path.string()), in_(open_regular_file(path)) {
    std::error_code code;
    size_ = static_cast<int64_t>(fs::file_size(path, code));
    if (code) throw Error(name_ + ": cannot be read: " + code.message());
  }

  int64_t read(void* to, int64_t bytes) override {
    in_.read(static_cast<char*>(to), bytes);
    if (in_.bad()) throw Error(name_ + ": cannot be read: " + std::strerror(errno));
    return in_.gcount();
  }
  int64_t size() const override { return size_; }
  const std::string& name() const override { return name_; }

 private:
  std::string name_;
  std::ifstream in_;
  int64_t size_ = 0;
};

}  // namespace

std::unique_ptr<ByteStream> open_stream(const fs::path& path) {
  return std::make_unique<FileStream>(path);
}

}  // namespace latent
