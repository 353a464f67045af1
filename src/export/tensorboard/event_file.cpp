#include "export/tensorboard/event_file.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <protozero/pbf_builder.hpp>
#include <protozero/pbf_writer.hpp>

#include "core/error.h"
#include "core/system/file.h"
#include "core/system/process.h"

namespace latent::tensorboard {
namespace {

using protozero::pbf_builder;
using Tag = protozero::pbf_tag_type;

constexpr const char* kFileVersion = "brain.Event:2";

// The numbers of the fields in the messages.
enum class EventField : Tag { kTime = 1, kStep = 2, kVersion = 3, kSummary = 5, kSession = 7 };
enum class SessionField : Tag { kStatus = 1 };
enum class SummaryField : Tag { kValue = 1 };
enum class ValueField : Tag {
  kTag = 1,
  kNumber = 2,
  kImage = 4,
  kHistogram = 5,
  kTensor = 8,
  kMetadata = 9
};
enum class ImageField : Tag { kHeight = 1, kWidth = 2, kColours = 3, kBytes = 4 };
enum class HistogramField : Tag {
  kLeast = 1,
  kMost = 2,
  kCount = 3,
  kSum = 4,
  kSquares = 5,
  kLimits = 6,
  kCounts = 7
};
enum class MetadataField : Tag { kPlugin = 1 };
enum class PluginField : Tag { kName = 1 };
enum class TensorField : Tag { kType = 1, kShape = 2, kWords = 8 };

constexpr int kStarted = 1;   // SessionLog.START
constexpr int kWordType = 7;  // DT_STRING
constexpr int kColours = 3;   // RGB

std::array<uint32_t, 256> checksum_table() {
  constexpr uint32_t kPolynomial = 0x82f63b78;  // of CRC-32C, its bits reversed
  std::array<uint32_t, 256> table{};
  for (uint32_t byte = 0; byte < table.size(); ++byte) {
    uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit)
      rest = (rest >> 1) ^ ((rest & 1) != 0 ? kPolynomial : 0);
    table[byte] = rest;
  }
  return table;
}

// Little endian.
template <class Integer>
std::string bytes_of(Integer value) {
  std::string bytes;
  for (size_t i = 0; i < sizeof(value); ++i)
    bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

double seconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::string machine() {
  std::string text = host_name("unknown");
  std::replace(text.begin(), text.end(), '/', '_');
  return text.empty() ? "unknown" : text;
}

// A name that no file has, since a reader follows each file by its name.
std::filesystem::path free_path(const std::filesystem::path& folder) {
  const auto seconds = static_cast<int64_t>(seconds_now());
  for (int n = 0;; ++n) {
    std::string name = "events.out.tfevents." + std::to_string(seconds);
    for (const auto& part : {machine(), std::to_string(::getpid()), std::to_string(n)})
      name.append(".").append(part);
    std::error_code code;
    if (!std::filesystem::exists(folder / name, code)) return folder / name;
  }
}

}  // namespace

uint32_t masked_checksum(std::string_view bytes) {
  static const auto table = checksum_table();
  uint32_t rest = 0xffffffff;
  for (const char byte : bytes)
    rest = table[(rest ^ static_cast<unsigned char>(byte)) & 0xff] ^ (rest >> 8);
  const uint32_t sum = ~rest;
  return ((sum >> 15) | (sum << 17)) + 0xa282ead8;
}

std::string record(std::string_view data) {
  const std::string length = bytes_of(static_cast<uint64_t>(data.size()));
  std::string bytes = length + bytes_of(masked_checksum(length));
  bytes += data;
  return bytes + bytes_of(masked_checksum(data));
}

HistogramCounts count_values(const std::vector<double>& values, int64_t ranges) {
  HistogramCounts counts;
  std::vector<double> finite;
  std::copy_if(values.begin(), values.end(), std::back_inserter(finite),
               [](double value) { return std::isfinite(value); });
  if (finite.empty()) return counts;
  const auto [least, most] = std::minmax_element(finite.begin(), finite.end());
  counts.least = *least;
  counts.most = *most;
  const bool flat = counts.least == counts.most;
  const auto parts = static_cast<size_t>(flat ? 1 : ranges);
  const double width = (counts.most - counts.least) / static_cast<double>(parts);
  for (size_t i = 0; i + 1 < parts; ++i)
    counts.limits.push_back(counts.least + width * static_cast<double>(i + 1));
  counts.limits.push_back(counts.most);
  counts.counts.assign(parts, 0);
  for (const double value : finite) {
    const auto place = std::lower_bound(counts.limits.begin(), counts.limits.end(), value);
    const auto at = static_cast<size_t>(place - counts.limits.begin());
    counts.counts[std::min(at, parts - 1)] += 1;
    counts.sum += value;
    counts.squares += value * value;
  }
  counts.count = static_cast<double>(finite.size());
  return counts;
}

void Summary::add_scalar(const std::string& tag, double value) {
  pbf_builder<SummaryField> summary(encoded_);
  pbf_builder<ValueField> out(summary, SummaryField::kValue);
  out.add_string(ValueField::kTag, tag);
  out.add_float(ValueField::kNumber, static_cast<float>(value));
}

void Summary::add_picture(const std::string& tag, int64_t width, int64_t height,
                          std::string_view png) {
  pbf_builder<SummaryField> summary(encoded_);
  pbf_builder<ValueField> out(summary, SummaryField::kValue);
  out.add_string(ValueField::kTag, tag);
  pbf_builder<ImageField> image(out, ValueField::kImage);
  image.add_int32(ImageField::kHeight, static_cast<int32_t>(height));
  image.add_int32(ImageField::kWidth, static_cast<int32_t>(width));
  image.add_int32(ImageField::kColours, kColours);
  image.add_bytes(ImageField::kBytes, png.data(), png.size());
}

void Summary::add_histogram(const std::string& tag, const HistogramCounts& counts) {
  pbf_builder<SummaryField> summary(encoded_);
  pbf_builder<ValueField> out(summary, SummaryField::kValue);
  out.add_string(ValueField::kTag, tag);
  pbf_builder<HistogramField> histogram(out, ValueField::kHistogram);
  histogram.add_double(HistogramField::kLeast, counts.least);
  histogram.add_double(HistogramField::kMost, counts.most);
  histogram.add_double(HistogramField::kCount, counts.count);
  histogram.add_double(HistogramField::kSum, counts.sum);
  histogram.add_double(HistogramField::kSquares, counts.squares);
  histogram.add_packed_double(HistogramField::kLimits, counts.limits.begin(), counts.limits.end());
  histogram.add_packed_double(HistogramField::kCounts, counts.counts.begin(), counts.counts.end());
}

void Summary::add_text(const std::string& tag, const std::string& text) {
  pbf_builder<SummaryField> summary(encoded_);
  pbf_builder<ValueField> out(summary, SummaryField::kValue);
  out.add_string(ValueField::kTag, tag);
  {
    pbf_builder<MetadataField> metadata(out, ValueField::kMetadata);
    pbf_builder<PluginField> plugin(metadata, MetadataField::kPlugin);
    plugin.add_string(PluginField::kName, "text");
  }
  pbf_builder<TensorField> tensor(out, ValueField::kTensor);
  tensor.add_enum(TensorField::kType, kWordType);
  tensor.add_message(TensorField::kShape, std::string());  // a scalar
  tensor.add_bytes(TensorField::kWords, text);
}

EventFile::EventFile(const std::filesystem::path& folder, int64_t first_step) {
  make_directories(folder);
  path_ = free_path(folder);
  out_.open(path_, std::ios::binary);
  std::string version;
  pbf_builder<EventField> head(version);
  head.add_double(EventField::kTime, seconds_now());
  head.add_string(EventField::kVersion, kFileVersion);
  append(version);
  if (first_step == 0) return;
  std::string start;
  pbf_builder<EventField> event(start);
  event.add_double(EventField::kTime, seconds_now());
  event.add_int64(EventField::kStep, first_step);
  {
    pbf_builder<SessionField> session(event, EventField::kSession);
    session.add_enum(SessionField::kStatus, kStarted);
  }
  append(start);
}

void EventFile::write(const Summary& summary, int64_t step) {
  std::string event;
  pbf_builder<EventField> out(event);
  out.add_double(EventField::kTime, seconds_now());
  out.add_int64(EventField::kStep, step);
  out.add_message(EventField::kSummary, summary.encoded());
  append(event);
}

void EventFile::append(const std::string& event) {
  const std::string bytes = record(event);
  errno = 0;
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out_.flush();
  if (!out_) {
    throw Error(path_.string() + ": cannot be written: " +
                (errno != 0 ? std::strerror(errno) : "the disk may be full"));
  }
}

}  // namespace latent::tensorboard
