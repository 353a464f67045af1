#include "format/npy_array.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/error.h"

namespace latent {
namespace {

constexpr int64_t kSkipped = 1 << 16;  // bytes read at a time to skip them

template <class T>
void widen(const std::vector<uint8_t>& bytes, bool swapped, double* to) {
  for (size_t i = 0; i < bytes.size() / sizeof(T); ++i) {
    uint8_t value_bytes[sizeof(T)];
    std::memcpy(value_bytes, bytes.data() + i * sizeof(T), sizeof(T));
    if (swapped) std::reverse(std::begin(value_bytes), std::end(value_bytes));
    T value;
    std::memcpy(&value, value_bytes, sizeof(T));
    to[i] = static_cast<double>(value);
  }
}

using Widen = void (*)(const std::vector<uint8_t>&, bool, double*);

Widen widening(const NpyHeader& header) {
  const auto by_width = [&](Widen one, Widen two, Widen four, Widen eight) {
    return header.width == 1 ? one : header.width == 2 ? two : header.width == 4 ? four : eight;
  };
  if (header.kind == 'f') return by_width(nullptr, nullptr, widen<float>, widen<double>);
  if (header.kind == 'i')
    return by_width(widen<int8_t>, widen<int16_t>, widen<int32_t>, widen<int64_t>);
  return by_width(widen<uint8_t>, widen<uint16_t>, widen<uint32_t>, widen<uint64_t>);
}

}  // namespace

NpyArray::NpyArray(OpenStream open) : open_(std::move(open)), stream_(open_()) {
  header_ = read_npy_header(*stream_);
  if (header_.shape.empty()) throw Error(name() + ": a single number; expected an array");
}

void NpyArray::fill(void* to, int64_t bytes) {
  if (stream_->read(to, bytes) < bytes) throw Error(name() + ": cut short; save or fetch it again");
}

void NpyArray::seek(int64_t row) {
  if (row < next_) {
    stream_ = open_();
    read_npy_header(*stream_);
    next_ = 0;
  }
  int64_t left = (row - next_) * (header_.values() / count()) * header_.width;
  std::vector<uint8_t> skipped(static_cast<size_t>(std::min(left, kSkipped)));
  for (; left > 0; left -= std::min(left, kSkipped))
    fill(skipped.data(), std::min(left, kSkipped));
  next_ = row;
}

Tensor NpyArray::rows(int64_t first, int64_t count) {
  seek(first);
  auto sizes = header_.shape;
  sizes.front() = count;
  const bool bytes = header_.width == 1 && header_.kind != 'i';
  Tensor values = at::empty(sizes, bytes ? at::kByte : at::kDouble);
  if (bytes) {
    fill(values.mutable_data_ptr(), values.numel());
  } else {
    std::vector<uint8_t> stored(static_cast<size_t>(values.numel() * header_.width));
    fill(stored.data(), values.numel() * header_.width);
    widening(header_)(stored, header_.swapped, values.mutable_data_ptr<double>());
  }
  next_ += count;
  return values;
}

}  // namespace latent
