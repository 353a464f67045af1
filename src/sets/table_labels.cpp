#include "sets/table_labels.h"

#include <torch/types.h>

#include <cmath>
#include <set>

#include "format/csv.h"
#include "sets/missing_value.h"

namespace latent {

TableLabels::TableLabels(std::string name, const std::vector<std::string>& all)
    : name_(std::move(name)) {
  std::set<std::string> known;
  for (const auto& word : all) {
    if (!is_missing(word)) known.insert(word);
  }
  if (known.empty()) return;
  classes_ = class_names(known);
  for (const auto& word : classes_)
    indices_.emplace(word, static_cast<double>(indices_.size()));
}

Attribute TableLabels::attribute(const std::vector<std::string>& labels) const {
  std::vector<double> values;
  values.reserve(labels.size());
  for (const auto& label : labels) {
    const bool unknown = is_missing(label);
    values.push_back(unknown ? NAN : classes_.empty() ? *parse_number(label) : indices_.at(label));
  }
  return {name_, torch::tensor(values, at::kDouble), classes_};
}

}  // namespace latent
