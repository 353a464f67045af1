// The interface of a data set: splits of images in memory, and what is known about each image.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/image_shape.h"
#include "core/tensor.h"
#include "data/left_out.h"

namespace latent {

enum class Split { kTrain, kValidation, kTest };

/// Returns "train", "validation" or "test".
std::string to_string(Split split);
/// Returns the split of that name, also for "val" and "valid". Throws Error naming the three.
Split parse_split(const std::string& name);

enum class AttributeKind { kClass, kYesNo, kNumber };
/// All of them; whoever adds one adds it to the conditions too (a test goes through these).
inline constexpr AttributeKind kAttributeKinds[] = {AttributeKind::kClass, AttributeKind::kYesNo,
                                                    AttributeKind::kNumber};

/// A property of every image: a class, an attribute, a factor.
struct Attribute {
  std::string name;  // "label", "scale", "Smiling"
  Tensor values;     // [N] float64; for classes the index into `classes`; NaN: unknown
  std::vector<std::string> classes;  // words of a categorical attribute, else empty

  /// Returns which values are known: [N] bool.
  Tensor known() const;
  /// Returns how many values are unknown.
  int64_t unknown() const;
  /// Returns kClass if there are classes, kYesNo if every known value is 0 or 1, else kNumber.
  AttributeKind kind() const;
  /// Returns the words for the values 0, 1, ...: the classes; "no" and "yes"; none for a number.
  std::vector<std::string> words() const;
};

/// Returns the attribute of that name, or nullptr.
const Attribute* find_attribute(const std::vector<Attribute>& attributes, const std::string& name);

/// Turns rows of a data set into images as a model takes them: float32 in [0, 1] (rows of numbers
/// stay as they are), channels_last.
/// pixels: [B, H, W, C] uint8, or float32 for tables.  Returns [B, C, H, W].
Tensor to_images(const Tensor& pixels);

/// The images of one split.
struct Examples {
  Tensor pixels;  // [N, H, W, C]: uint8 (0..255), or float32 for tables; contiguous
  std::vector<Attribute> attributes;  // each of N values
  std::vector<std::string> names;  // N file names, or empty: images are then named by their index

  int64_t count() const { return pixels.size(0); }
  ImageShape shape() const { return {pixels.size(3), pixels.size(1), pixels.size(2)}; }

  /// Whether the examples are rows of numbers rather than images.
  bool is_table() const { return pixels.scalar_type() == at::kFloat; }

  /// Returns `to_images` of the examples at `indices` ([B] int64 on the pixels' device).
  Tensor images(const Tensor& indices) const;
  /// Returns `to_images` of the examples first, first + 1, ..., first + count - 1.
  Tensor images(int64_t first, int64_t count) const;

  /// Returns the name of an example: the file's name, or else its index, "00042".
  std::string name(int64_t index) const;
  /// Returns the attribute called `name`, or the only one of that name in other case; or nullptr.
  const Attribute* find(const std::string& name) const;
  /// Returns the examples at `indices` ([K] int64), with their attributes and names.
  Examples select(const Tensor& indices) const;
};

struct Pack;

/// A data set that can load its splits.
class Dataset {
 public:
  virtual ~Dataset() = default;
  /// Loads one split. Throws Error naming the file and what is wrong with it.
  virtual Examples load(Split split) const = 0;
  /// Returns a message to log once, for example that the test set serves as validation; or "".
  virtual std::string notice() const { return ""; }
  /// Returns the pack that holds the images, and makes it if there is none yet; nullptr for a set
  /// that is kept in memory. Throws Error as `load` does.
  virtual const Pack* pack() const { return nullptr; }
  /// Returns the image files that the set uses; none for a set of another kind.
  virtual std::vector<std::filesystem::path> image_files() const { return {}; }
  /// Returns the files beside them that are not used, but could be.
  virtual std::vector<LeftOut> left_out() const { return {}; }
  /// Returns what rows of other tables are read by, TableRows::text() (sets/table_rows.h); "" for a
  /// set of images.
  virtual std::string row_format() const { return ""; }
  /// Returns messages about readings of the data that are probably wrong, to warn of once. Some are
  /// known once a split is loaded.
  virtual std::vector<std::string> warnings() const { return {}; }
};

/// Logs the notice, the files left out and the warnings of a data set.
void log_reading(const Dataset& dataset);

}  // namespace latent
