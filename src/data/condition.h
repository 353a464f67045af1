// The condition of a model: what is known about an example, as numbers that encoder and decoder
// get besides the image.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

/// Turns attributes of examples into rows of K numbers: for a class as many as there are classes, 1
/// for the example's own; for yes and no 1 and -1; for a number its distance from the mean of the
/// training examples in standard deviations. A value that is not known becomes zeros.
class Condition {
 public:
  /// No condition: K is 0.
  Condition() = default;

  /// Returns the condition of the attributes called `names`, with the classes and the numbers'
  /// spread of the training examples. where: the key with the names. Throws Error for an attribute
  /// that the examples do not have or of which no value is known.
  static Condition of(const std::vector<std::string>& names, const Examples& training,
                      const std::string& where);
  /// Reads what `text` returned. where: begins the Error's message.
  static Condition parse(const std::string& text, const std::string& where);
  /// Returns the condition as JSON, kept in every checkpoint, so that a run needs no data to
  /// decode.
  std::string text() const;

  bool empty() const { return parts_.empty(); }
  /// Returns K.
  int64_t size() const;
  /// Returns the rows of examples with these attributes, [count, K] float32; undefined if K is 0.
  /// An attribute that is missing, and a class that training did not have, are not known.
  Tensor rows(const std::vector<Attribute>& attributes, int64_t count) const;
  /// Returns the row of an example described in words, [1, K] float32: "label=owl",
  /// "Smiling=1,Male=no", "Smiling,!Male", "age=25". What is not named is not known.
  /// where: the flag with the words; begins the Error's message. Throws Error for an attribute that
  /// is not in the condition, a class that training did not have (naming the nearest of each), an
  /// attribute named twice, and a value of another kind.
  Tensor row(const std::string& words, const std::string& where) const;
  /// Returns `rows` ([N, K]) with what `words` name in the place of what they say about it; the
  /// rest stays. Throws as `row` does.
  Tensor changed(const Tensor& rows, const std::string& words, const std::string& where) const;
  /// Returns what the model gets, for people: "label (10 classes), Smiling (yes or no)".
  std::string summary() const;

 private:
  struct Part {
    std::string name;
    AttributeKind kind = AttributeKind::kNumber;
    std::vector<std::string> classes = {};
    double mean = 0, deviation = 1;  // of a number

    int64_t size() const;
    Tensor rows(const Attribute& attribute) const;
    double value(const std::string& word, const std::string& where) const;
    double class_value(const std::string& word, const std::string& where) const;
    std::string example() const;
  };

  const Part* part_named_in(const std::string& word) const;
  [[noreturn]] void fail_unknown(const std::string& word, const std::string& where) const;
  // The attributes that `words` name, of one example.
  std::vector<Attribute> named_in(const std::string& words, const std::string& where) const;

  std::vector<Part> parts_;
};

}  // namespace latent
