#include "format/range_coder.h"

#include <algorithm>

namespace latent {
namespace {

constexpr uint32_t kSmallestRange = uint32_t{1} << 24;

}  // namespace

// Moves the highest byte of `low` out. A byte of 0xff waits, since a carry would change it.
void RangeEncoder::shift() {
  if (low_ < 0xff000000 || low_ >= uint64_t{1} << 32) {
    const auto carry = static_cast<uint8_t>(low_ >> 32);
    for (; waiting_ > 0; --waiting_) {
      bytes_ += static_cast<char>(static_cast<uint8_t>(held_ + carry));
      held_ = 0xff;
    }
    held_ = static_cast<uint8_t>(low_ >> 24);
  }
  ++waiting_;
  low_ = (low_ & 0x00ffffff) << 8;
}

void RangeEncoder::add(const SymbolRange& symbol) {
  const uint32_t unit = range_ / symbol.total;
  low_ += uint64_t{unit} * symbol.start;
  range_ = unit * symbol.size;
  for (; range_ < kSmallestRange; range_ <<= 8)
    shift();
}

// Any number from low to low + range - 1 names the symbols: the one with most zeros is chosen.
std::string RangeEncoder::finish() {
  const uint64_t last = low_ + range_ - 1;
  for (int zeros = 32; zeros >= 0; zeros -= 8) {
    const uint64_t cut = last >> zeros << zeros;
    if (cut < low_) continue;
    low_ = cut;
    break;
  }
  for (int i = 0; i < 5; ++i)
    shift();
  bytes_.erase(0, 1);  // the byte before all, which no carry reaches
  const size_t length = bytes_.find_last_not_of('\0');
  bytes_.resize(length == std::string::npos ? 0 : length + 1);
  return std::move(bytes_);
}

RangeDecoder::RangeDecoder(std::string_view bytes) : bytes_(bytes) {
  for (int i = 0; i < 4; ++i)
    code_ = code_ << 8 | byte();
}

uint32_t RangeDecoder::target(uint32_t total) {
  unit_ = range_ / total;
  return std::min(code_ / unit_, total - 1);
}

void RangeDecoder::take(const SymbolRange& symbol) {
  code_ -= unit_ * symbol.start;
  range_ = unit_ * symbol.size;
  for (; range_ < kSmallestRange; range_ <<= 8)
    code_ = code_ << 8 | byte();
}

}  // namespace latent
