// Data sets that come as training and test examples in memory: assigns them to splits.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/section.h"
#include "data/dataset.h"

namespace latent {

/// The keys that these sets share.
struct TrainTestOptions {
  double validation = 0.0;
  int64_t split_seed = 0;
  int64_t count = 0;
  std::string validation_key;  // where `validation` stands, for messages

  void read(Section& data);
  /// Returns the share of the training examples that is held out for validation.
  double held_out_fraction(bool has_test) const;
};

/// Additional texts of the set's notice.
struct TrainTestWords {
  std::string test_key = "";                           // names the test examples
  std::string note = "";                               // another message to log
  std::shared_ptr<const std::string> found = nullptr;  // likewise, filled while examples are loaded
};

/// Uses the test examples for validation, as the book does, unless `validation` holds out some of
/// the training examples. Without test examples a part is always held out and serves as test split
/// too.
class TrainTestDataset : public Dataset {
 public:
  /// Loads the training or the test examples: the first `limit` of them, or all if it is 0.
  using Loader = std::function<Examples(int64_t limit)>;

  /// test, validation: empty if there are no such examples. With validation examples
  /// `options.validation` is not used, and they serve as test examples if there are none.
  TrainTestDataset(Loader train, Loader test, TrainTestOptions options, TrainTestWords words = {},
                   Loader validation = {});

  Examples load(Split split) const override;
  std::string notice() const override;

 private:
  std::string split_notice() const;

  Loader train_;
  Loader test_;
  Loader validation_;
  TrainTestOptions options_;
  TrainTestWords words_;
};

/// Returns classes for integer labels: `words`, or the numbers 0 to the largest label if there are
/// no words.
/// labels: [N] of an integer type.  Throws Error beginning with `where` for a label below 0, beyond
/// the words, or above 9999.
Attribute class_attribute(const std::string& name, const Tensor& labels,
                          std::vector<std::string> words, const std::string& where);

}  // namespace latent
