// A range coder: symbols become as many bits as their frequencies deserve. Integers only, so that
// every machine writes and reads the same bytes. Source: Martin 1979, "Range encoding".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace latent {

/// The place of a symbol among frequencies that add up to `total`.
struct SymbolRange {
  uint32_t start;  // the sum of the frequencies before it
  uint32_t size;   // its own, at least 1
  uint32_t total;  // at most kLargestTotal
};

constexpr uint32_t kLargestTotal = uint32_t{1} << 24;

class RangeEncoder {
 public:
  void add(const SymbolRange& symbol);
  /// Returns the bytes, without zeros at the end. Called once, after the last symbol.
  std::string finish();

 private:
  void shift();

  std::string bytes_;
  uint64_t low_ = 0;  // 33 bits: the highest is a carry
  uint32_t range_ = 0xffffffff;
  uint8_t held_ = 0;      // the last byte that a carry may still change; at first one before all
  uint64_t waiting_ = 1;  // itself, and the bytes 0xff after it
};

class RangeDecoder {
 public:
  /// bytes: must live as long as the decoder. Missing ones are read as zeros.
  explicit RangeDecoder(std::string_view bytes);
  /// Returns a number below `total` that lies in the next symbol's range.
  uint32_t target(uint32_t total);
  /// Goes on behind the symbol. total: as in the call of `target` before.
  void take(const SymbolRange& symbol);
  /// Returns whether all bytes were needed.
  bool at_end() const { return next_ >= bytes_.size(); }

 private:
  uint32_t byte() { return next_ < bytes_.size() ? static_cast<uint8_t>(bytes_[next_++]) : 0; }

  std::string_view bytes_;
  size_t next_ = 0;
  uint32_t code_ = 0, range_ = 0xffffffff, unit_ = 1;
};

}  // namespace latent
