#include "data/sets/table_labels.h"

#include <torch/types.h>

#include "format/csv.h"

namespace latent {

TableLabels::TableLabels(std::string name, const std::vector<std::string>& all)
    : name_(std::move(name)), classes_(class_names({all.begin(), all.end()})) {
  for (const auto& word : classes_)
    indices_.emplace(word, static_cast<double>(indices_.size()));
}

Attribute TableLabels::attribute(const std::vector<std::string>& labels) const {
  std::vector<double> values;
  values.reserve(labels.size());
  for (const auto& label : labels)
    values.push_back(classes_.empty() ? *parse_number(label) : indices_.at(label));
  return {name_, torch::tensor(values, at::kDouble), classes_};
}

}  // namespace latent
