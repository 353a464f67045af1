// One column of a table of labels as it is read, and the attribute that it becomes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace latent {

/// The values of one column in the order of the images; those that are not set are unknown.
class LabelColumn {
 public:
  /// unknown: the words that mean that a value is not known, in lower case; -1 among them counts
  /// only where all other values are 0 and 1.
  LabelColumn(std::string name, size_t images, const std::vector<std::string>& unknown);

  void set(size_t image, const std::string& word);

  /// Returns the attribute: yes and no become 1 and 0, and so do true and false, and 1 and -1;
  /// other words and few whole numbers become classes (`class_names`), other numbers stay.
  /// Unknown values are NaN. Returns nothing if no value is known, or if there are more than 1000
  /// different words.
  std::optional<Attribute> attribute() const;

  /// Returns how many values were written but are unknown, and in which words: `3 of age ("NA")`;
  /// "" if there are none.
  std::string unknown_text() const;
  /// Returns why there is no attribute: "column age is skipped: ...".
  std::string why_skipped() const;

 private:
  enum class Kind { kUnknown, kTooMany, kNumbers, kYesNo, kClasses };
  Kind kind() const;
  bool minus_one_is_unknown() const;
  /// Returns the value of each word that a class or an answer has.
  std::map<std::string, double> places(Attribute& attribute) const;

  static constexpr uint32_t kNone = UINT32_MAX;

  std::string name_;
  const std::vector<std::string>& unknown_;
  std::vector<double> numbers_;          // NaN: unknown
  std::vector<uint32_t> words_;          // ids; kNone: unknown
  std::map<std::string, uint32_t> ids_;  // counted in order of appearance
  std::set<std::string> not_known_;      // the words that mean unknown
  int64_t not_known_count_ = 0;
  bool numeric_ = true;
  bool too_many_ = false;
};

}  // namespace latent
