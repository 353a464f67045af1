// The keys of the data set `table`.
#pragma once

#include <string>

#include "config/section.h"
#include "data/prepare/fit.h"
#include "sets/picture_rows.h"
#include "sets/pixel_range.h"
#include "sets/table.h"

namespace latent {

struct TableOptions {
  std::string file, test_file;
  TableFormat format;
  std::string scale = "columns";
  std::string missing = "fail";  // fail, skip, mean
  double validation = 0.1, test = 0.1;
  int64_t split_seed = 0;
  PictureOptions picture;  // of rows that are pictures
  RangeOptions range;
  std::string file_key, test_file_key, validation_key, test_key;

  /// Reads the keys. Throws Error for keys that contradict each other.
  static TableOptions read(Section& data);

  /// Whether each row is a picture.
  bool pictures() const { return !picture.shape.empty(); }
};

/// Throws Error if keys of pictures are given for rows that are none.
void expect_no_picture_keys(Section& data, const TableOptions& options, const Fit& fit);

}  // namespace latent
