#include "sets/train_test_dataset.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include "core/error.h"
#include "data/selection/random_split.h"

namespace latent {
namespace {

constexpr double kDefaultValidation =
    0.1;  // of a set without test images, which needs a validation set anyway
constexpr int64_t kMaxClasses = 10'000;

}  // namespace

void TrainTestOptions::read(Section& data) {
  data.read("validation", validation, from_below(0, 1),
            "fraction of the training images held out for validation; with 0 the test set serves "
            "as validation set");
  data.read("split_seed", split_seed, at_least(0), "seed that draws the validation images");
  data.read("count", count, at_least(0),
            "number of training images to use, from the first on; 0 uses all");
  validation_key = data.where("validation");
}

TrainTestDataset::TrainTestDataset(Loader train, Loader test, TrainTestOptions options,
                                   TrainTestWords words, Loader validation)
    : train_(std::move(train)),
      test_(std::move(test)),
      validation_(std::move(validation)),
      options_(std::move(options)),
      words_(std::move(words)) {}

double TrainTestOptions::held_out_fraction(bool has_test) const {
  return validation > 0 || has_test ? validation : kDefaultValidation;
}

Examples TrainTestDataset::load(Split split) const {
  if (validation_) {
    if (split == Split::kTrain) return train_(options_.count);
    return split == Split::kTest && test_ ? test_(0) : validation_(0);
  }
  const double fraction = options_.held_out_fraction(static_cast<bool>(test_));
  const bool held_out = fraction > 0;
  if (split != Split::kTrain && test_ && (split == Split::kTest || !held_out)) return test_(0);
  Examples all = train_(options_.count);
  if (!held_out) return all;
  const auto parts = hold_out(all.count(), fraction, static_cast<uint64_t>(options_.split_seed),
                              options_.validation_key);
  return all.select(split == Split::kTrain ? parts.train : parts.validation);
}

std::string TrainTestDataset::notice() const {
  std::string text = words_.note;
  for (const std::string& more : {words_.found ? *words_.found : "", split_notice()})
    text += (text.empty() || more.empty() ? "" : "; ") + more;
  return text;
}

std::string TrainTestDataset::split_notice() const {
  if (validation_) return test_ ? "" : "no test images: the validation images serve as test images";
  const double fraction = options_.held_out_fraction(static_cast<bool>(test_));
  if (!test_) {
    return fmt::format(
        "the data set has no test images: {}% of the training images, drawn by data.split_seed, "
        "serve as validation and test set{}",
        fraction * 100,
        words_.test_key.empty() ? "" : " (" + words_.test_key + " names a test set)");
  }
  if (fraction > 0) return "";
  return "the data set has no validation images: its test set serves as the validation set "
         "(data.validation: 0.1 holds out a tenth of the training images instead)";
}

Attribute class_attribute(const std::string& name, const Tensor& labels,
                          std::vector<std::string> words, const std::string& where) {
  const auto complain = [&](int64_t label, const Tensor& index, int64_t last) {
    throw Error(fmt::format("{}: label {} at index {}; expected 0 to {}", where, label,
                            index.item<int64_t>(), last));
  };
  const int64_t most = words.empty() ? kMaxClasses : static_cast<int64_t>(words.size());
  const auto smallest = labels.min().item<int64_t>(), largest = labels.max().item<int64_t>();
  if (largest >= most) complain(largest, labels.argmax(), most - 1);
  if (smallest < 0) complain(smallest, labels.argmin(), most - 1);
  if (words.empty()) {
    for (int64_t label = 0; label <= largest; ++label)
      words.push_back(std::to_string(label));
  }
  return {name, labels.to(at::kDouble), std::move(words)};
}

}  // namespace latent
