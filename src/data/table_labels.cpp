#include "data/table_labels.h"

#include <torch/types.h>

#include <algorithm>
#include <set>

#include "data/csv.h"

namespace latent {

TableLabels::TableLabels(std::string name, const std::vector<std::string>& all)
    : name_(std::move(name)) {
  const std::set<std::string> different(all.begin(), all.end());
  std::set<double> numbers;
  for (const auto& word : different) {
    if (const auto number = parse_number(word)) numbers.insert(*number);
  }
  const bool numeric = std::all_of(different.begin(), different.end(), parse_number);
  if (numeric && !name_classes(numbers)) return;
  classes_.assign(different.begin(), different.end());
  if (numeric) {
    std::stable_sort(classes_.begin(), classes_.end(), [](const auto& a, const auto& b) {
      return *parse_number(a) < *parse_number(b);
    });
  }
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
