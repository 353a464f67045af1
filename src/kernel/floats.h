// Vectors of numbers that begin at a cache line, so that a register is loaded from one line, not
// from two. They are not set to zero by default, since most are overwritten at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

namespace latent::kernel {

template <typename T>
struct OnCacheLines {
  using value_type = T;
  static constexpr std::align_val_t kLine{64};

  OnCacheLines() = default;
  template <typename U>
  OnCacheLines(const OnCacheLines<U>& /*other*/) {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new(count * sizeof(T), kLine));
  }
  template <typename U>
  void construct(U* value) noexcept {
    ::new (static_cast<void*>(value)) U;
  }
  template <typename U>
  void construct(U* value, const U& from) noexcept {
    ::new (static_cast<void*>(value)) U(from);
  }
  void deallocate(T* values, std::size_t /*count*/) { ::operator delete(values, kLine); }
  bool operator==(const OnCacheLines&) const { return true; }
};

template <typename T>
using Numbers = std::vector<T, OnCacheLines<T>>;
using Floats = Numbers<float>;

/// Returns the numbers, `count` or more; new ones are not set.
template <typename T>
T* at_least(Numbers<T>& numbers, int64_t count) {
  if (numbers.size() < static_cast<std::size_t>(count))
    numbers.resize(static_cast<std::size_t>(count));
  return numbers.data();
}

}  // namespace latent::kernel
