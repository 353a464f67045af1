#include "data/keep.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include "core/error.h"
#include "data/selection.h"

namespace latent {
namespace {

class KeptDataset : public Dataset {
 public:
  KeptDataset(std::unique_ptr<Dataset> all, std::string rule, std::string key)
      : all_(std::move(all)), rule_(std::move(rule)), key_(std::move(key)) {}

  Examples load(Split split) const override {
    Examples examples = all_->load(split);
    if (split == Split::kTest) return examples;
    const Tensor kept = match(examples, rule_, key_).holds.nonzero().flatten();
    if (kept.numel() == 0) {
      throw Error(
          fmt::format("{}: \"{}\" keeps none of the {} examples of the {} split; expected "
                      "a rule that some fit",
                      key_, rule_, examples.count(), to_string(split)));
    }
    return examples.select(kept);
  }

  std::string notice() const override {
    const std::string of_all = all_->notice();
    return fmt::format(
        "{}{}data.keep \"{}\": only such examples are trained and validated on; the "
        "test split is whole",
        of_all, of_all.empty() ? "" : "\n", rule_);
  }

  const Pack* pack() const override { return all_->pack(); }
  std::filesystem::path image_folder() const override { return all_->image_folder(); }

 private:
  std::unique_ptr<Dataset> all_;
  std::string rule_, key_;
};

}  // namespace

void read_keep(Section& data, std::string& rule) {
  data.read("keep", rule,
            "train and validate on these examples only, for example label=1 or label=Bag,Boot or "
            "Smiling or !Smiling or scale=0.5..0.8; the test split stays whole; \"\": on all");
}

std::unique_ptr<Dataset> keep_only(std::unique_ptr<Dataset> all, const std::string& rule,
                                   const std::string& key) {
  return std::make_unique<KeptDataset>(std::move(all), rule, key);
}

}  // namespace latent
