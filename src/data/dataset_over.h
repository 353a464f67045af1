// A data set made from another one, of which it changes the examples.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"

namespace latent {

/// Says what the other data set says; a subclass changes what `load` returns.
class DatasetOver : public Dataset {
 public:
  explicit DatasetOver(std::unique_ptr<Dataset> all) : all_(std::move(all)) {}

  std::string notice() const override {
    const std::string of_all = all_->notice();
    return of_all + (of_all.empty() ? "" : "\n") + change();
  }
  const Pack* pack() const override { return all_->pack(); }
  std::string row_format() const override { return all_->row_format(); }
  std::vector<std::filesystem::path> image_files() const override { return all_->image_files(); }
  std::vector<LeftOut> left_out() const override { return all_->left_out(); }
  std::vector<std::string> warnings() const override { return all_->warnings(); }

 protected:
  /// Returns what is changed, for the notice.
  virtual std::string change() const = 0;

  std::unique_ptr<Dataset> all_;
};

}  // namespace latent
