// The header of an NPY file, NumPy's format of one array.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/byte_stream.h"

namespace latent {

struct NpyHeader {
  char kind = 0;         // b true or false, i signed, u unsigned, f floating point; U, S words
  int64_t width = 0;     // bytes of one value
  bool swapped = false;  // the values are stored big-endian
  bool fortran_order = false;  // the first index changes fastest
  std::vector<int64_t> shape;

  int64_t values() const;
  bool is_text() const { return kind == 'U' || kind == 'S'; }
  bool whole_numbers() const { return kind != 'f' && !is_text(); }
  /// Returns "737280x64x64".
  std::string shape_text() const;
};

/// Reads the header, and leaves `stream` at the first value.
///
/// The header is parsed, never evaluated: it must be the dictionary of three entries that NumPy
/// writes. Throws Error if it is anything else, the values are neither numbers of 1, 2, 4 or 8
/// bytes nor words (UTF-32 or bytes), or the values do not fill the stream exactly.
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
NpyHeader read_npy_header(ByteStream& stream);

}  // namespace latent
