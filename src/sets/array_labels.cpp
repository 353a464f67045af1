#include "sets/array_labels.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/error.h"
#include "sets/missing_value.h"
#include "sets/table_labels.h"
#include "sets/train_test_dataset.h"

namespace latent {
namespace {

constexpr size_t kMaxClassesOfFloats = 30;

/// One array as it is stored.
struct StoredLabels {
  std::string where;               // "y.npy"
  std::vector<std::string> words;  // N, or empty
  Tensor values;                   // [N, K] float64, or undefined for words
  bool whole = false;              // integers or booleans
  bool matrix = false;             // of two dimensions
};

StoredLabels read_stored(const LabelArray& source) {
  NpyArray array(source.open);
  const auto& sizes = array.header().shape;
  const bool text = array.header().is_text();
  const bool fits = sizes.size() == 1 || (sizes.size() == 2 && (!text || sizes[1] == 1));
  if (!fits || array.count() != source.images) {
    throw Error(fmt::format("{}: its shape is {}; expected {} labels, one for each image, or {}x{}",
                            array.name(), array.header().shape_text(), source.images, source.images,
                            text ? "1" : "K"));
  }
  StoredLabels stored{.where = array.name(), .words = {}, .values = {}};
  stored.matrix = sizes.size() == 2;
  stored.whole = array.header().whole_numbers();
  if (text) {
    stored.words = array.words(0, source.images);
  } else {
    stored.values = array.rows(0, source.images).to(at::kDouble).view({source.images, -1});
  }
  return stored;
}

void expect_alike(const StoredLabels& first, const StoredLabels& other) {
  const auto columns = [](const StoredLabels& labels) {
    return labels.values.defined() ? labels.values.size(1) : 0;
  };
  if (columns(first) == columns(other)) return;
  const auto text = [&](const StoredLabels& labels) {
    return labels.values.defined() ? fmt::format("{} numbers", columns(labels)) : "a word";
  };
  throw Error(fmt::format("{}: {} for each image; expected {} as in {}", other.where, text(other),
                          text(first), first.where));
}

bool only(const Tensor& values, const std::set<double>& allowed) {
  Tensor good = at::zeros_like(values, at::kBool);
  for (const double value : allowed)
    good.logical_or_(values.eq(value));
  return good.all().item<bool>();
}

bool has(const Tensor& values, double value) { return values.eq(value).any().item<bool>(); }

bool is_one_hot(const Tensor& rows) {  // [N, K]
  return rows.size(1) > 1 && only(rows, {0, 1}) && rows.sum(1).eq(1).all().item<bool>();
}

/// Reads arrays that belong together.
class Reading {
 public:
  Reading(std::vector<StoredLabels> parts, const LabelNames& names, std::string array)
      : parts_(std::move(parts)), names_(names), array_(std::move(array)) {
    attributes.resize(parts_.size());
    if (!parts_[0].values.defined()) {
      read_words();
      return;
    }
    make_yes_or_no(all_values());
    if (parts_[0].values.size(1) == 1) {
      read_column();
    } else {
      read_matrix(all_values());
    }
  }

  std::vector<std::vector<Attribute>> attributes;
  std::string note;

 private:
  Tensor all_values() const {  // [N of all parts, K]
    std::vector<Tensor> all;
    for (const auto& part : parts_)
      all.push_back(part.values);
    return at::cat(all);
  }

  void read_words() {
    std::vector<std::string> all;
    for (const auto& part : parts_)
      all.insert(all.end(), part.words.begin(), part.words.end());
    const TableLabels labels(column_name(), all);
    for (size_t i = 0; i < parts_.size(); ++i)
      attributes[i].push_back(labels.attribute(parts_[i].words));
  }

  // +1 and -1 become 1 and 0; -1 beside both 0 and 1 becomes unknown.
  void make_yes_or_no(const Tensor& all) {
    const Tensor known = all.masked_select(all.isnan().logical_not());
    if (!has(known, -1) || !has(known, 1) || !only(known, {-1, 0, 1})) return;
    const bool signs = !has(known, 0);
    if (!signs && parts_[0].values.size(1) > 1) return;
    for (auto& part : parts_) {
      Tensor& values = part.values;
      values = signs ? (values + 1) / 2 : values.masked_fill(values.eq(-1), NAN);
      part.whole = false;
    }
    note = parts_[0].where + (signs ? ": +1 and -1 are read as yes and no"
                                    : ": -1 beside 0 and 1 is read as unknown");
  }

  void read_column() {
    if (parts_[0].whole) {
      for (size_t i = 0; i < parts_.size(); ++i) {
        const Tensor labels = parts_[i].values.flatten().to(at::kLong);
        attributes[i].push_back(class_attribute(column_name(), labels, {}, parts_[i].where));
      }
      share_classes();
    } else {
      const auto words = classes_of_floats();
      for (size_t i = 0; i < parts_.size(); ++i)
        attributes[i].push_back({column_name(), parts_[i].values.flatten().clone(), words});
    }
  }

  // Whole numbers that are floats only because some are NaN.
  std::vector<std::string> classes_of_floats() {
    std::set<double> different;
    bool unknown = false;
    for (const auto& part : parts_) {
      const Tensor known = part.values.masked_select(part.values.isnan().logical_not());
      unknown = unknown || known.numel() < part.values.numel();
      const Tensor some = std::get<0>(at::_unique(known));
      for (int64_t i = 0; i < std::min<int64_t>(some.numel(), kMaxClassesOfFloats + 1); ++i)
        different.insert(some[i].item<double>());
    }
    const bool classes = std::all_of(different.begin(), different.end(), [](double value) {
      return value >= 0 && value <= kMaxClassesOfFloats && value == std::floor(value);
    });
    if (!unknown || !classes || different.size() < 3) return {};
    std::vector<std::string> words;
    for (int64_t label = 0; label <= static_cast<int64_t>(*different.rbegin()); ++label)
      words.push_back(std::to_string(label));
    note = parts_[0].where + ": whole numbers and NaN are read as classes, NaN as unknown";
    return words;
  }

  void read_matrix(const Tensor& all) {
    const bool named = !names_.names.empty();
    const int64_t columns = parts_[0].values.size(1);
    expect_names(columns);
    const bool one_hot = is_one_hot(all);
    for (size_t i = 0; i < parts_.size(); ++i) {
      const Tensor& values = parts_[i].values;
      for (int64_t k = 0; k < columns && (named || !one_hot); ++k) {
        attributes[i].push_back(
            {named ? names_.names[static_cast<size_t>(k)] : fmt::format("{}_{}", array_, k),
             values.select(1, k).clone(),
             {}});
      }
      if (!one_hot) continue;
      std::vector<std::string> words = names_.names;
      for (int64_t k = 0; k < columns && !named; ++k)
        words.push_back(std::to_string(k));
      attributes[i].push_back({"label", values.argmax(1).to(at::kDouble), words});
    }
    if (one_hot) note = parts_[0].where + ": one-hot rows are read as the classes \"label\"";
  }

  void share_classes() {
    std::vector<std::string> longest;
    for (const auto& part : attributes)
      longest = std::max(longest, part[0].classes,
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    for (auto& part : attributes)
      part[0].classes = longest;
  }

  // The name of labels that are one number or word for each image.
  std::string column_name() {
    if (!parts_[0].matrix) return "label";
    expect_names(1);
    if (!names_.names.empty()) return names_.names[0];
    // A column of floats was called so before Nx1 labels were read as N.
    return parts_[0].values.defined() && !parts_[0].whole && note.empty() ? array_ + "_0" : "label";
  }

  void expect_names(int64_t columns) const {
    if (names_.names.empty() || static_cast<int64_t>(names_.names.size()) == columns) return;
    throw Error(fmt::format("{}: {} names; expected {}, one for each column of {}", names_.key,
                            names_.names.size(), columns, parts_[0].where));
  }

  std::vector<StoredLabels> parts_;
  const LabelNames& names_;
  std::string array_;
};

}  // namespace

ArrayLabels::ArrayLabels(const std::vector<LabelArray>& arrays, const LabelNames& names) {
  std::vector<StoredLabels> parts;
  for (const auto& array : arrays) {
    parts.push_back(read_stored(array));
    expect_alike(parts.front(), parts.back());
  }
  if (parts.empty()) return;
  Reading reading(std::move(parts), names, arrays.front().name);
  attributes_ = std::move(reading.attributes);
  note_ = std::move(reading.note);
}

}  // namespace latent
