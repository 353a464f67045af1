#include "data/selection/keep.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <optional>
#include <vector>

#include "core/error.h"
#include "core/log.h"
#include "data/dataset_over.h"
#include "data/selection/example_list.h"
#include "data/selection/selection.h"

namespace latent {
namespace {

std::string name_of(Split split) {
  return split == Split::kTrain ? "training split" : to_string(split) + " split";
}

// A data set whose training and validation splits are filtered.
class KeptDataset : public DatasetOver {
 public:
  KeptDataset(std::unique_ptr<Dataset> all, std::string keep, std::string key)
      : DatasetOver(std::move(all)), keep_(std::move(keep)), key_(std::move(key)) {}

  Examples load(Split split) const override {
    Examples examples = all_->load(split);
    if (split == Split::kTest) return examples;
    const std::optional<Tensor> rows = chosen(examples, split);
    return rows ? examples.select(*rows) : examples;
  }

 protected:
  std::string change() const override {
    return fmt::format("data.keep \"{}\": {}; the test split is unfiltered", keep_, effect());
  }
  // What becomes of the splits, for the notice.
  virtual std::string effect() const = 0;
  // Returns the indices of the examples to keep, or nothing to keep them all.
  virtual std::optional<Tensor> chosen(const Examples& examples, Split split) const = 0;

  std::string keep_, key_;
};

class KeptByRule : public KeptDataset {
 public:
  using KeptDataset::KeptDataset;

 private:
  std::string effect() const override { return "training and validation use only these examples"; }

  std::optional<Tensor> chosen(const Examples& examples, Split split) const override {
    const Matches found = match(examples, keep_, key_);
    const Tensor rows = found.holds.nonzero().flatten();
    if (const auto known = found.known.sum().item<int64_t>(); known < examples.count()) {
      log::info(
          "data.keep \"{}\": the value is unknown for {} of {} examples of the {}, which are "
          "left out",
          keep_, examples.count() - known, examples.count(), name_of(split));
    }
    if (rows.numel() > 0) return rows;
    throw Error(
        fmt::format("{}: \"{}\" keeps none of the {} examples of the {} split; expected "
                    "a rule that matches some",
                    key_, keep_, examples.count(), to_string(split)));
  }
};

class KeptByList : public KeptDataset {
 public:
  KeptByList(std::unique_ptr<Dataset> all, std::string keep, std::string key, ExampleList list)
      : KeptDataset(std::move(all), std::move(keep), std::move(key)),
        list_(std::move(list)),
        found_(list_.entries.size(), false) {}

 private:
  std::string effect() const override { return "training uses only the listed examples"; }

  std::optional<Tensor> chosen(const Examples& examples, Split split) const override {
    const ExampleFinder finder(examples);
    if (!finder.are_indices(list_)) return by_name(finder, split);
    if (split != Split::kTrain) {
      log::info("data.keep: the indices of {} count within the training split; the {} is whole",
                list_.file.string(), name_of(split));
      return std::nullopt;
    }
    const std::vector<int64_t> rows = finder.find_all(list_, split);
    return std::get<0>(at::_unique(at::tensor(rows, at::kLong)));
  }

  Tensor by_name(const ExampleFinder& finder, Split split) const {
    std::vector<int64_t> rows;
    for (size_t i = 0; i < list_.entries.size(); ++i) {
      const auto row = finder.find_name(list_.entries[i].text);
      if (!row) continue;
      rows.push_back(*row);
      found_[i] = true;
    }
    (split == Split::kTrain ? seen_train_ : seen_validation_) = true;
    if (seen_train_ && seen_validation_) expect_all_found(finder);
    if (rows.empty()) throw none_in(finder, split);
    log::info("{} of {} entries of {} are in the {}", rows.size(), list_.entries.size(),
              list_.file.string(), name_of(split));
    return std::get<0>(at::_unique(at::tensor(rows, at::kLong)));
  }

  // Called when both splits have been loaded.
  void expect_all_found(const ExampleFinder& finder) const {
    for (size_t i = 0; i < found_.size(); ++i) {
      if (!found_[i])
        throw finder.unknown_entry(list_, list_.entries[i], "training and validation splits");
    }
  }

  Error none_in(const ExampleFinder& finder, Split split) const {
    return Error(key_ + ": none of the entries is in the " + name_of(split) + ": " +
                 finder.unknown_entry(list_, list_.entries.front(), name_of(split)).what());
  }

  ExampleList list_;
  // The entries found in the splits loaded so far; splits are loaded one at a time.
  mutable std::vector<bool> found_;
  mutable bool seen_train_ = false, seen_validation_ = false;
};

}  // namespace

void read_keep(Section& data, std::string& keep) {
  data.read("keep", keep,
            "train and validate on these examples only: label=1, label=Bag,Boot, Smiling, "
            "!Smiling, scale=0.5..0.8, or @FILE, a file of names or indices; the test split stays "
            "whole; \"\": all examples");
  if (list_file(keep)) data.set_on_resume("keep", OnResume::kSameData);  // the list may move
}

std::unique_ptr<Dataset> keep_only(std::unique_ptr<Dataset> all, const std::string& keep,
                                   const std::string& key) {
  const auto file = list_file(keep);
  if (!file) return std::make_unique<KeptByRule>(std::move(all), keep, key);
  try {
    return std::make_unique<KeptByList>(std::move(all), keep, key, read_example_list(*file));
  } catch (const Error& problem) {
    throw Error(key + ": " + problem.what());
  }
}

}  // namespace latent
