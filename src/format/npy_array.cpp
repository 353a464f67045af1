#include "format/npy_array.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/error.h"
#include "core/text/utf8.h"

namespace latent {
namespace {

constexpr int64_t kSkipped = 1 << 16;  // bytes read at a time to skip them
constexpr int64_t kMostInFortran = int64_t{1} << 32;
constexpr uint32_t kLastCodePoint = 0x10ffff;

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
  if (header.kind == 'f') return by_width(nullptr, widen<c10::Half>, widen<float>, widen<double>);
  if (header.kind == 'i')
    return by_width(widen<int8_t>, widen<int16_t>, widen<int32_t>, widen<int64_t>);
  return by_width(widen<uint8_t>, widen<uint16_t>, widen<uint32_t>, widen<uint64_t>);
}

void append_utf8(std::string& text, uint32_t letter) {
  const bool malformed = letter > kLastCodePoint || (letter >= 0xd800 && letter < 0xe000);
  if (malformed) letter = 0xfffd;
  const auto put = [&](uint32_t byte) { text += static_cast<char>(byte); };
  if (letter < 0x80) return put(letter);
  if (letter >= 0x10000) {
    put(0xf0 | letter >> 18);
    put(0x80 | (letter >> 12 & 0x3f));
  } else if (letter >= 0x800) {
    put(0xe0 | letter >> 12);
  } else {
    put(0xc0 | letter >> 6);
  }
  if (letter >= 0x800) put(0x80 | (letter >> 6 & 0x3f));
  put(0x80 | (letter & 0x3f));
}

// A word of UTF-32 letters, without the zeros that fill it up.
std::string word_of_letters(const uint8_t* bytes, int64_t width, bool swapped) {
  std::string word;
  for (int64_t i = 0; i < width; i += 4) {
    uint32_t letter = 0;
    for (int64_t k = 0; k < 4; ++k)
      letter |= uint32_t{bytes[i + (swapped ? 3 - k : k)]} << (8 * k);
    if (letter != 0) append_utf8(word, letter);
  }
  return word;
}

// A word of bytes, likewise; those that are no UTF-8 are replaced.
std::string word_of_bytes(const uint8_t* bytes, int64_t width) {
  std::string stored(reinterpret_cast<const char*>(bytes), static_cast<size_t>(width)), word;
  stored.resize(stored.find_last_not_of('\0') + 1);
  for (size_t at = 0; at < stored.size();)
    append_utf8(word, next_code_point(stored, at));
  return word;
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
  int64_t left = (row - next_) * row_values() * header_.width;
  std::vector<uint8_t> skipped(static_cast<size_t>(std::min(left, kSkipped)));
  for (; left > 0; left -= std::min(left, kSkipped))
    fill(skipped.data(), std::min(left, kSkipped));
  next_ = row;
}

void NpyArray::gather_rows(int64_t first, int64_t count, uint8_t* to) {
  const auto dimensions = static_cast<int64_t>(header_.shape.size());
  if (!whole_.defined()) {
    const int64_t bytes = header_.values() * header_.width;
    if (bytes > kMostInFortran) {
      throw Error(name() +
                  ": more than 4 GB in Fortran's order; save numpy.ascontiguousarray(array)");
    }
    std::vector<int64_t> sizes(header_.shape.rbegin(), header_.shape.rend());
    sizes.push_back(header_.width);
    whole_ = at::empty(sizes, at::kByte);
    fill(whole_.mutable_data_ptr(), bytes);
  }
  std::vector<int64_t> order;
  for (int64_t d = dimensions - 1; d >= 0; --d)
    order.push_back(d);
  order.push_back(dimensions);  // the bytes of a value stay together
  const Tensor wanted = whole_.permute(order).narrow(0, first, count).contiguous();
  std::memcpy(to, wanted.const_data_ptr(), static_cast<size_t>(wanted.numel()));
}

void NpyArray::read_stored(int64_t first, int64_t count, uint8_t* to) {
  if (header_.fortran_order) return gather_rows(first, count, to);
  seek(first);
  fill(to, count * row_values() * header_.width);
  next_ += count;
}

Tensor NpyArray::rows(int64_t first, int64_t count) {
  if (header_.is_text()) throw Error(name() + ": holds words; expected numbers");
  auto sizes = header_.shape;
  sizes.front() = count;
  const bool bytes = header_.width == 1 && header_.kind != 'i';
  Tensor values = at::empty(sizes, bytes ? at::kByte : at::kDouble);
  if (bytes) {
    read_stored(first, count, values.mutable_data_ptr<uint8_t>());
  } else {
    std::vector<uint8_t> stored(static_cast<size_t>(values.numel() * header_.width));
    read_stored(first, count, stored.data());
    widening(header_)(stored, header_.swapped, values.mutable_data_ptr<double>());
  }
  return values;
}

std::vector<std::string> NpyArray::words(int64_t first, int64_t count) {
  if (!header_.is_text()) throw Error(name() + ": holds numbers; expected words");
  const int64_t width = header_.width, values = count * row_values();
  std::vector<uint8_t> stored(static_cast<size_t>(values * width));
  read_stored(first, count, stored.data());
  std::vector<std::string> words;
  for (int64_t i = 0; i < values; ++i) {
    const uint8_t* bytes = stored.data() + i * width;
    words.push_back(header_.kind == 'U' ? word_of_letters(bytes, width, header_.swapped)
                                        : word_of_bytes(bytes, width));
  }
  return words;
}

}  // namespace latent
