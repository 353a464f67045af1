// How likely each code is at each place of a map, in integers: what codes are compressed with.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/tensor.h"

namespace latent::space {

/// Frequencies of K codes on a map of P places. A code's frequency at a place is 1 + the weighted
/// sum of three tables: by the place, by the code to the left, and by the code above. All are
/// integers, so that every machine computes the same.
struct CodeTables {
  Tensor place;                      // [P, K] int32; a row adds up to at most kTableTotal
  Tensor left, above;                // [K, K] int32, by the neighbour's code; or undefined
  std::array<int64_t, 3> weights{};  // of place, left, above; they add up to kWeights
  int64_t width = 1;                 // places in a row of the map

  int64_t codes() const { return place.size(1); }
  int64_t places() const { return place.size(0); }
};

constexpr int64_t kTableTotal = 65535, kWeights = 16;

/// The largest number of codes whose neighbours are counted.
constexpr int64_t kMostPaired = 4096;

/// Counts the codes of images. indices: [N, P] int64 on the CPU, below `codes`, which is at most
/// 65536.  width: places in a row; 0: no place has neighbours. The weights are those with the
/// fewest bits for every tenth image, which is not counted then.
CodeTables fit_code_tables(const Tensor& indices, int64_t codes, int64_t width);

/// Returns whether tables that were read from a file can be used.
bool usable(const CodeTables& tables);

/// Returns the codes of one image as bytes. indices: [P] int64 on the CPU.
std::string encode_codes(const CodeTables& tables, const Tensor& indices);

/// Returns the codes [P] of such bytes. Any bytes give some codes: a checksum must tell whether
/// they are right.
Tensor decode_codes(const CodeTables& tables, std::string_view bytes);

/// Returns the bits of images' codes [N, P], ideally coded: [N] float64.
Tensor code_bits(const CodeTables& tables, const Tensor& indices);

}  // namespace latent::space
