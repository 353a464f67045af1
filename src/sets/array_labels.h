// Labels in arrays: numbers, classes, words, one-hot rows.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "format/npy_array.h"

namespace latent {

/// The key `label_names` of section `data`.
struct LabelNames {
  std::vector<std::string> names;
  std::string key;  // where it stands, for messages
};

/// An array of labels and the number of images that it belongs to.
struct LabelArray {
  OpenStream open;
  std::string name;  // "latents_values", for columns that have no name
  int64_t images = 0;
};

/// The labels of every part of a set, read alike: the same attributes and classes in all of them.
///
///   N or Nx1 whole numbers   the classes "label", 0 to the largest; +1 and -1 are yes and no
///   N or Nx1 other numbers   values; classes if only NaN keeps them from being whole numbers
///   N or Nx1 words           the classes "label"; missing words are unknown
///   NxK, one-hot             the classes "label"; also the columns, if they have names
///   NxK, else                an attribute for each column
/// NaN is unknown, and so is -1 beside 0 and 1.
class ArrayLabels {
 public:
  ArrayLabels() = default;
  /// Throws Error naming the array if it does not have a row for each image, holds a label below 0
  /// or above 9999, or differs from the first array in its columns; and for names that are not one
  /// for each column.
  ArrayLabels(const std::vector<LabelArray>& arrays, const LabelNames& names);

  /// Returns the attributes of the array at `part`, each of as many values as it has images.
  const std::vector<Attribute>& of(size_t part) const { return attributes_.at(part); }
  /// Returns messages about readings that are not obvious, to log, or "".
  const std::string& note() const { return note_; }

 private:
  std::vector<std::vector<Attribute>> attributes_;
  std::string note_;
};

}  // namespace latent
