// Finds the arrays of images and labels by the names that people give them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace latent {

/// The value of a key whose array is found by its name.
inline const std::string kByName = "auto";

/// The arrays of a set; "" where there is none.
struct ArrayNames {
  std::string images, labels;
  std::string validation_images, validation_labels;
  std::string test_images, test_labels;
};

/// The part of a set that a name stands for.
enum class ArrayPartName { kAny, kTrain, kValidation, kTest };
enum class ArrayContent { kOther, kImages, kLabels };

struct ArrayRole {
  ArrayPartName part = ArrayPartName::kAny;
  ArrayContent content = ArrayContent::kOther;
};

/// Returns what a name says, in any case and with any separators: "x_train", "train_images",
/// "imagesTest", "t10k-images", "val_labels", "X", "images", "arr_0".
ArrayRole role_of(const std::string& name);

/// An array as its header describes it.
struct ArrayHeader {
  std::string name;
  std::vector<int64_t> shape;  // empty: it cannot be read
  std::string damage = "";     // why it cannot be read, or ""
};

/// Returns whether arrays of this shape are images: three or four dimensions, or rows that are
/// squares.
bool can_be_images(const std::vector<int64_t>& shape);

/// Returns the arrays of a file by their names and shapes; images is "" if no array, or more than
/// one, can be the training images.
ArrayNames names_by_convention(const std::vector<ArrayHeader>& arrays);

/// Returns a sentence about each array that looks like labels but is none of `names`: called so,
/// but of another length than its images or not readable; or a value or a row for each training
/// image, under a name that says nothing. "" if there is none. asked: the names of the config; only
/// for labels that are kByName in it are such arrays named.
std::string unused_labels(const std::vector<ArrayHeader>& arrays, const ArrayNames& names,
                          const ArrayNames& asked);

/// Returns "a (60x28x28), b (60)".
std::string described(const std::vector<ArrayHeader>& arrays);

}  // namespace latent
