// An array in an NPY file, read piece by piece.
#pragma once

#include "core/tensor.h"
#include "format/npy_header.h"

namespace latent {

/// Reads rows of an array. Reading backwards is slow: it starts again at the beginning. An array in
/// Fortran's order, whose rows are scattered over the file, is kept in memory as it is stored.
class NpyArray {
 public:
  /// Throws Error as read_npy_header does, and for an array without dimensions.
  explicit NpyArray(OpenStream open);

  const NpyHeader& header() const { return header_; }
  const std::string& name() const { return stream_->name(); }
  int64_t count() const { return header_.shape.front(); }

  /// Returns rows first to first + count - 1 along the first dimension: [count, ...], uint8 if the
  /// values are bytes or booleans, else float64. Throws Error if the file is damaged, holds words,
  /// or is in Fortran's order and larger than 4 GB.
  Tensor rows(int64_t first, int64_t count);

  /// Returns the words of these rows, in C's order, as UTF-8. Throws Error if the values are
  /// numbers, and as `rows` does.
  std::vector<std::string> words(int64_t first, int64_t count);

 private:
  void seek(int64_t row);
  void fill(void* to, int64_t bytes);
  void read_stored(int64_t first, int64_t count, uint8_t* to);
  void gather_rows(int64_t first, int64_t count, uint8_t* to);
  int64_t row_values() const { return header_.values() / count(); }

  OpenStream open_;
  std::unique_ptr<ByteStream> stream_;
  NpyHeader header_;
  int64_t next_ = 0;  // the row at the position of the stream
  Tensor whole_;  // [last dimension, ..., first dimension, width] bytes, in Fortran's order only
};

}  // namespace latent
