#include "format/safetensors.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/system/file.h"

namespace latent {
namespace {

using Json = nlohmann::json;
using namespace std::string_view_literals;

constexpr size_t kLargestHeader = 100'000'000;  // the format's own limit
constexpr const char* kDigestKey = "crc32";
constexpr const char* kNoDigest = "00000000";
// Requires a digest: a file in which the name of the digest is damaged is not taken for one
// without.
constexpr const char* kWriterKey = "writer";
constexpr const char* kWriter = "latent";
constexpr size_t kMaxSizes = 64;  // LibTorch's own limit in most operations

struct Type {
  const char* name;
  at::ScalarType scalar;
};
constexpr Type kTypes[] = {{"F32", at::kFloat},     {"F64", at::kDouble}, {"F16", at::kHalf},
                           {"BF16", at::kBFloat16}, {"I64", at::kLong},   {"I32", at::kInt},
                           {"I16", at::kShort},     {"I8", at::kChar},    {"U8", at::kByte},
                           {"BOOL", at::kBool}};

std::string type_name(at::ScalarType scalar) {
  for (const Type& type : kTypes) {
    if (type.scalar == scalar) return type.name;
  }
  TORCH_CHECK(false, "safetensors has no type for ", scalar);
}

uint32_t crc(uint32_t sum, const void* data, size_t bytes) {
  if (bytes == 0) return sum;  // an empty tensor has no address, and zlib would restart the sum
  const auto* next = static_cast<const Bytef*>(data);
  return static_cast<uint32_t>(crc32_z(sum, next, bytes));
}

std::string with_length(const std::string& header) {
  uint64_t length = header.size();
  std::string out(8, '\0');
  for (char& byte : out) {
    byte = static_cast<char>(length & 0xff);
    length >>= 8;
  }
  return out + header;
}

// Returns the position of the eight characters of the digest in the header, or npos.
size_t digest_position(const std::string& header) {
  const std::string field = std::string("\"") + kDigestKey + "\":\"";
  const size_t at = header.find(field);
  return at == std::string::npos || at + field.size() + 8 > header.size() ? std::string::npos
                                                                          : at + field.size();
}

class Reader {
 public:
  explicit Reader(const std::filesystem::path& path)
      : path_(path), bytes_(read_file(path, size_t{1} << 40)) {}

  TensorFile read() {
    const Json header = read_header();
    TensorFile file;
    std::vector<std::pair<uint64_t, uint64_t>> spans;
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        require(entry.is_object(), "metadata that is not text");
        for (const auto& [key, value] : entry.items()) {
          require(value.is_string(), "metadata that is not text");
          file.metadata[key] = value.get<std::string>();
        }
      } else {
        file.tensors[name] = read_tensor(entry, spans);
      }
    }
    check_spans(spans);
    const auto writer = file.metadata.find(kWriterKey);
    const bool ours = writer != file.metadata.end() && writer->second == kWriter;
    require(verified_ || !(ours || file.metadata.contains(kDigestKey)), "its checksum is lost");
    if (ours) file.metadata.erase(writer);
    file.metadata.erase(kDigestKey);
    return file;
  }

 private:
  void require(bool good, const std::string& what) const {
    if (!good) throw Error(path_.string() + ": damaged or not a safetensors file: " + what);
  }

  Json read_header() {
    require(bytes_.size() >= 10, "cut short");
    uint64_t length = 0;
    for (int i = 7; i >= 0; --i)
      length = length << 8 | static_cast<uint8_t>(bytes_[static_cast<size_t>(i)]);
    require(length <= kLargestHeader && length + 8 <= bytes_.size(),
            "its header is longer than the file");
    std::string header = bytes_.substr(8, length);
    data_ = 8 + length;
    check_digest(header);
    std::vector<std::set<std::string>> keys;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
      require(depth <= 4, "its header is nested too deeply");
      if (event == Json::parse_event_t::object_start) {
        keys.resize(static_cast<size_t>(depth) + 1);
        keys.back().clear();
      }
      if (event == Json::parse_event_t::key) {
        require(keys[static_cast<size_t>(depth) - 1].insert(parsed.get<std::string>()).second,
                "a name occurs twice in its header");
      }
      return true;
    };
    require(header.starts_with('{'), "its header is not an object");
    Json parsed;
    try {
      parsed = Json::parse(header, watch);
    } catch (const Json::exception&) {
      require(false, "its header is not valid JSON");
    }
    require(parsed.is_object(), "its header is not an object");
    return parsed;
  }

  void check_digest(std::string header) {
    const size_t at = digest_position(header);
    if (at == std::string::npos) return;  // from another program, or damaged: see read()
    const std::string stored = header.substr(at, 8);
    header.replace(at, 8, kNoDigest);
    uint32_t sum = crc(0, bytes_.data(), 8);
    sum = crc(sum, header.data(), header.size());
    sum = crc(sum, bytes_.data() + data_, bytes_.size() - data_);
    require(fmt::format("{:08x}", sum) == stored, "its checksum does not match");
    verified_ = true;
  }

  Tensor read_tensor(const Json& entry, std::vector<std::pair<uint64_t, uint64_t>>& spans) const {
    require(entry.is_object() && entry.contains("dtype") && entry.contains("shape") &&
                entry.contains("data_offsets") && entry["dtype"].is_string() &&
                entry["shape"].is_array() && entry["data_offsets"].is_array() &&
                entry["data_offsets"].size() == 2,
            "a tensor without dtype, shape or data_offsets");
    std::optional<at::ScalarType> scalar;
    for (const Type& type : kTypes) {
      if (entry["dtype"].get<std::string>() == type.name) scalar = type.scalar;
    }
    require(scalar.has_value(), "an unknown dtype " + entry["dtype"].get<std::string>());
    require(entry["shape"].size() <= kMaxSizes, "a shape of too many sizes");
    std::vector<int64_t> shape;
    uint64_t bytes = c10::elementSize(*scalar);
    uint64_t extent = 1;  // the largest stride, which must fit even if there are no elements
    for (const auto& size : entry["shape"]) {
      require(size.is_number_unsigned() && size.get<uint64_t>() < uint64_t{1} << 40,
              "a size out of range");
      shape.push_back(size.get<int64_t>());
      require(!__builtin_mul_overflow(bytes, size.get<uint64_t>(), &bytes) &&
                  !__builtin_mul_overflow(extent, std::max(size.get<uint64_t>(), uint64_t{1}),
                                          &extent) &&
                  extent < uint64_t{1} << 62,
              "a size out of range");
    }
    const auto& offsets = entry["data_offsets"];
    require(offsets[0].is_number_unsigned() && offsets[1].is_number_unsigned(),
            "offsets that are not numbers");
    const auto begin = offsets[0].get<uint64_t>(), end = offsets[1].get<uint64_t>();
    require(begin <= end && end <= bytes_.size() - data_ && end - begin == bytes,
            "cut short, or offsets that do not fit the shape");
    spans.emplace_back(begin, end);
    const std::string_view stored = std::string_view(bytes_).substr(data_ + begin, bytes);
    require(*scalar != at::kBool || stored.find_first_not_of("\0\1"sv) == stored.npos,
            "a boolean that is neither 0 nor 1");  // undefined in C++
    Tensor tensor = at::empty(shape, *scalar);
    if (bytes > 0) std::memcpy(tensor.data_ptr(), stored.data(), bytes);
    return tensor;
  }

  void check_spans(std::vector<std::pair<uint64_t, uint64_t>>& spans) const {
    std::sort(spans.begin(), spans.end());
    uint64_t expected = 0;
    for (const auto& [begin, end] : spans) {
      require(begin == expected, "its tensors overlap or leave holes");
      expected = end;
    }
    require(expected == bytes_.size() - data_, "bytes after the last tensor");
  }

  std::filesystem::path path_;
  std::string bytes_;
  size_t data_ = 0;
  bool verified_ = false;
};

}  // namespace

void write_tensors(const std::filesystem::path& path, const TensorFile& file) {
  Json header = Json::object();
  header["__metadata__"] = Json::object();
  for (const auto& [key, value] : file.metadata)
    header["__metadata__"][key] = value;
  header["__metadata__"][kDigestKey] = kNoDigest;
  header["__metadata__"][kWriterKey] = kWriter;
  std::vector<Tensor> tensors;
  uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    tensors.push_back(tensor.detach().cpu().contiguous());
    const uint64_t end = offset + tensors.back().nbytes();
    header[name] = {{"dtype", type_name(tensor.scalar_type())},
                    {"shape", tensor.sizes().vec()},
                    {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');  // tensors start aligned
  std::string head = with_length(text);
  uint32_t sum = crc(0, head.data(), head.size());
  for (const auto& tensor : tensors)
    sum = crc(sum, tensor.data_ptr(), tensor.nbytes());
  head.replace(8 + digest_position(text), 8, fmt::format("{:08x}", sum));
  AtomicFile out(path);
  out.write(head);
  for (const auto& tensor : tensors)
    out.write(tensor.data_ptr(), tensor.nbytes());
  out.commit();
}

TensorFile read_tensors(const std::filesystem::path& path) { return Reader(path).read(); }

}  // namespace latent
