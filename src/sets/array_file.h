// Images in arrays and tables from elsewhere, read with the keys of a data set.
#pragma once

#include <functional>
#include <string>

#include "sets/array_images.h"
#include "sets/registry.h"
#include "sets/table.h"

namespace latent {

struct ArrayFileOptions {
  ArrayOptions array;
  TableFormat table;  // of CSV files; a label that it does not name is guessed
};

/// Whether a name is one of the files that read_array_file reads, by its ending in any case.
bool is_array_file(const std::string& name);

/// Reads an NPY file, the images of an NPZ file, FILE.npz:ARRAY, or the rows of a CSV file.
///
/// Images that hold NaN, infinity or blanks are left out. Logs what was guessed. Throws Error
/// naming the file if it cannot be read as images, or holds more than 100,000 of them.
ArrayFile read_array_file(const std::string& file, const ArrayFileOptions& options);

/// Returns the reader of a set of image files, which is black and white as `reading` says.
std::function<ArrayFile(const std::string&)> array_file_reader(const ImageReading& reading);

}  // namespace latent
