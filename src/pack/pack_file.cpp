#include "pack/pack_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <torch/types.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/parallel.h"
#include "image/byte_view.h"

namespace latent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPackMagic = "LATENTPK";
constexpr uint64_t kVersion = 2;
constexpr int64_t kBlock = 4 << 20;  // bytes of pixels under one checksum
// Magic, version, tail's size, count, height, width, channels: 8 bytes each; then the checksum.
constexpr size_t kEndBytes = 7 * 8 + 4;
constexpr uint64_t kMaxPerSide = 1 << 16;

std::string little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * i));
  return text;
}

uint32_t sum_of(std::string_view bytes, uint32_t start = 0) {
  return static_cast<uint32_t>(
      crc32_z(start, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

/// An open pack.
class PackInput {
 public:
  explicit PackInput(const fs::path& path) : name_(path.string()) {
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (descriptor_ < 0 || ::fstat(descriptor_, &status) != 0)
      fail(std::string("cannot be read: ") + std::strerror(errno));
    bytes_ = static_cast<uint64_t>(status.st_size);
  }
  ~PackInput() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  PackInput(const PackInput&) = delete;
  PackInput& operator=(const PackInput&) = delete;

  uint64_t bytes() const { return bytes_; }

  std::string read(uint64_t at, uint64_t bytes) const {
    std::string text(bytes, '\0');
    for (uint64_t done = 0; done < bytes;) {
      const ssize_t got =
          ::pread(descriptor_, text.data() + done, bytes - done, static_cast<off_t>(at + done));
      if (got <= 0) fail("cannot be read to its end");
      done += static_cast<uint64_t>(got);
    }
    return text;
  }

  /// The first bytes of the file as a tensor, unmapped when the tensor is freed.
  Tensor map(const std::vector<int64_t>& sizes, size_t bytes) const {
    void* place = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, descriptor_, 0);
    if (place == MAP_FAILED) fail(std::string("cannot be mapped: ") + std::strerror(errno));
    return at::from_blob(
        place, sizes, [bytes](void* mapped) { ::munmap(mapped, bytes); }, at::kByte);
  }

  [[noreturn]] void fail(const std::string& problem) const { throw Error(name_ + ": " + problem); }

 private:
  std::string name_;
  int descriptor_ = -1;
  uint64_t bytes_ = 0;
};

/// The contents of an end record, checked against the file's size.
struct Layout {
  uint64_t pixels, tail;       // bytes
  std::vector<int64_t> sizes;  // [N, H, W, C]
};

Layout read_layout(const PackInput& input, std::string& end) {
  if (input.bytes() < kEndBytes) input.fail("cut short");
  end = input.read(input.bytes() - kEndBytes, kEndBytes);
  const ByteView view(end, false);
  if (!view.has(0, kPackMagic)) input.fail("no pack, or cut short");
  if (view.number(8, 8) != kVersion) input.fail("of another version");
  Layout layout{.pixels = 0, .tail = view.number(16, 8), .sizes = {}};
  uint64_t image = 1;
  for (size_t i = 1; i < 4; ++i) {
    const uint64_t size = view.number(24 + 8 * i, 8);
    if (size < 1 || size > kMaxPerSide) input.fail("damaged");
    image *= size;  // below 2^48
    layout.sizes.push_back(static_cast<int64_t>(size));
  }
  const uint64_t count = view.number(24, 8);
  if (count < 1 || count > input.bytes() / image) input.fail("damaged");
  layout.sizes.insert(layout.sizes.begin(), static_cast<int64_t>(count));
  layout.pixels = count * image;
  if (layout.tail > input.bytes() || layout.pixels + layout.tail + kEndBytes != input.bytes())
    input.fail("damaged");
  return layout;
}

void check_pixels(const PackInput& input, const Tensor& pixels, const std::vector<uint32_t>& sums) {
  const auto* bytes = reinterpret_cast<const char*>(pixels.const_data_ptr<uint8_t>());
  std::atomic<bool> damaged = false;
  parallel_for(static_cast<int64_t>(sums.size()), 1, [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t size = std::min(kBlock, pixels.numel() - block * kBlock);
      const std::string_view part(bytes + block * kBlock, static_cast<size_t>(size));
      if (sum_of(part) != sums[static_cast<size_t>(block)]) damaged = true;
    }
  });
  if (damaged) input.fail("damaged: a checksum does not fit");
}

}  // namespace

void PackWriter::add(const uint8_t* pixels, size_t bytes) {
  file_.write(pixels, bytes);
  while (bytes > 0) {
    if (bytes_ % kBlock == 0) sums_.push_back(0);
    const size_t part = std::min(bytes, static_cast<size_t>(kBlock - bytes_ % kBlock));
    sums_.back() = sum_of({reinterpret_cast<const char*>(pixels), part}, sums_.back());
    pixels += part;
    bytes -= part;
    bytes_ += static_cast<int64_t>(part);
  }
}

void PackWriter::finish(std::string_view key, const ImageShape& shape,
                        const std::vector<UnreadableImage>& unreadable, std::string_view remark) {
  std::string tail = little(key.size(), 8).append(key) + little(unreadable.size(), 8);
  for (const auto& [index, reason] : unreadable)
    tail += little(static_cast<uint64_t>(index), 8) + little(reason.size(), 8) + reason;
  tail += little(remark.size(), 8).append(remark);
  for (const uint32_t sum : sums_)
    tail += little(sum, 4);
  std::string end(kPackMagic);
  for (const uint64_t number :
       {kVersion, uint64_t{tail.size()}, static_cast<uint64_t>(bytes_ / shape.values()),
        static_cast<uint64_t>(shape.height), static_cast<uint64_t>(shape.width),
        static_cast<uint64_t>(shape.channels)}) {
    end += little(number, 8);
  }
  file_.write(tail);
  file_.write(end + little(sum_of(end, sum_of(tail)), 4));
  file_.commit();
}

PackContent map_pack(const fs::path& path, std::string_view key) {
  const PackInput input(path);
  std::string end;
  const Layout layout = read_layout(input, end);
  const std::string tail = input.read(layout.pixels, layout.tail);
  const std::string_view summed(end.data(), kEndBytes - 4);
  if (sum_of(summed, sum_of(tail)) != ByteView(end, false).u32(kEndBytes - 4))
    input.fail("damaged: a checksum does not fit");

  const ByteView view(tail, false);
  const size_t key_size = view.number(0, 8);
  if (key_size > tail.size() || view.part(8, key_size) != key) input.fail("made from other images");
  PackContent content;
  size_t at = 8 + key_size;
  const uint64_t unreadable = view.number(at, 8);
  at += 8;
  for (uint64_t i = 0; i < unreadable && !view.read_beyond_end(); ++i) {
    const auto index = static_cast<int64_t>(view.number(at, 8));
    const size_t size = view.number(at + 8, 8);
    if (size > tail.size()) input.fail("damaged");  // nor may `at` begin again at the front
    content.unreadable.push_back({index, std::string(view.part(at + 16, size))});
    at += 16 + size;
  }
  const size_t remark = view.number(at, 8);
  if (remark > tail.size()) input.fail("damaged");
  content.remark = std::string(view.part(at + 8, remark));
  at += 8 + remark;
  std::vector<uint32_t> sums((layout.pixels + kBlock - 1) / kBlock);
  for (auto& sum : sums) {
    sum = static_cast<uint32_t>(view.u32(at));
    at += 4;
  }
  if (view.read_beyond_end() || at != tail.size()) input.fail("damaged");
  content.pixels = input.map(layout.sizes, layout.pixels);
  check_pixels(input, content.pixels, sums);
  return content;
}

}  // namespace latent
