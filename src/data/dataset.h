// What a data set is to the rest of the program: splits of images in memory, and what is known
// about each image.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/image_shape.h"
#include "core/tensor.h"

namespace latent {

enum class Split { kTrain, kValidation, kTest };

/// "train", "validation", "test".
std::string to_string(Split split);
/// The reverse, for --split. Throws UsageError naming the three.
Split parse_split(const std::string& name);

enum class AttributeKind { kClass, kYesNo, kNumber };

/// One thing known about every image: a class, an attribute, a factor.
struct Attribute {
  std::string name;  // "label", "scale", "Smiling"
  Tensor values;     // [N] float64; for classes the index into `classes`; NaN: not known
  std::vector<std::string> classes;  // words of a categorical attribute, else empty

  /// kYesNo: every known value is 0 or 1.
  AttributeKind kind() const;
  /// Words for the values 0, 1, ...: the classes; "no" and "yes"; of a number none.
  std::vector<std::string> words() const;
};

/// The images of one split.
struct Examples {
  Tensor pixels;  // [N, H, W, C]: uint8 (0..255), or float32 for tables; contiguous
  std::vector<Attribute> attributes;  // each of N values
  std::vector<std::string> names;  // N file names, or empty: images are then named by their index

  int64_t count() const { return pixels.size(0); }
  ImageShape shape() const { return {pixels.size(3), pixels.size(1), pixels.size(2)}; }

  /// Whether the examples are rows of numbers rather than images.
  bool is_table() const { return pixels.scalar_type() == at::kFloat; }

  /// Images as the model takes them: float32 in [0, 1] (tables as they are), channels_last.
  /// indices: [B] int64 on the pixels' device.  Returns [B, C, H, W].
  Tensor images(const Tensor& indices) const;
  /// The same for the images first, first + 1, ..., first + count - 1.
  Tensor images(int64_t first, int64_t count) const;

  /// "00042" or the file's name.
  std::string name(int64_t index) const;
  /// The attribute called `name`, or nullptr.
  const Attribute* find(const std::string& name) const;
  /// The images at `indices` ([K] int64), with their attributes and names.
  Examples select(const Tensor& indices) const;
};

struct Pack;

class Dataset {
 public:
  virtual ~Dataset() = default;
  /// Loads one split. Throws Error naming the file and what is wrong with it.
  virtual Examples load(Split split) const = 0;
  /// A notice users should hear once, for example that the test set serves as validation; or "".
  virtual std::string notice() const { return ""; }
  /// The pack that holds the images, made if there is none yet; nullptr for a set that is kept in
  /// memory. Throws Error as `load` does.
  virtual const Pack* pack() const { return nullptr; }
  /// The folder that the image files lie in; empty for a set of another kind.
  virtual std::filesystem::path image_folder() const { return {}; }
};

}  // namespace latent
