#include "folder/label_column.h"

#include <spdlog/fmt/fmt.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/text/suggest.h"
#include "format/values.h"

namespace latent {
namespace {

constexpr size_t kMaxColumnClasses = 1000;
constexpr size_t kMaxNotKnown = 20;  // different spellings that are named
const std::string kMinusOne = "-1";

std::set<std::string> keys(const std::map<std::string, uint32_t>& ids) {
  std::set<std::string> words;
  for (const auto& [word, id] : ids)
    words.insert(word);
  return words;
}

Tensor no_values(size_t images) {
  return at::full({static_cast<int64_t>(images)}, std::nan(""), at::kDouble);
}

}  // namespace

LabelColumn::LabelColumn(std::string name, size_t images, const std::vector<std::string>& unknown)
    : name_(std::move(name)),
      unknown_(unknown),
      numbers_(images, std::nan("")),
      words_(images, kNone) {}

void LabelColumn::set(size_t image, const std::string& word) {
  if (word != kMinusOne && is_unknown(word, unknown_)) {
    ++not_known_count_;
    if (not_known_.size() < kMaxNotKnown) not_known_.insert(word);
    return;
  }
  if (const auto number = numeric_ ? parse_number(word) : std::nullopt) {
    numbers_[image] = *number;
  } else {
    numeric_ = false;
  }
  // Numbers are kept as words too: a later row may show that the column holds words.
  if (!too_many_)
    words_[image] = ids_.try_emplace(word, static_cast<uint32_t>(ids_.size())).first->second;
  too_many_ = ids_.size() > kMaxColumnClasses;
}

bool LabelColumn::minus_one_is_unknown() const {
  if (!numeric_ || too_many_) return false;
  if (std::find(unknown_.begin(), unknown_.end(), kMinusOne) == unknown_.end()) return false;
  std::set<double> different;
  for (const auto& [word, id] : ids_)
    different.insert(*parse_number(word));
  return different == std::set<double>{-1, 0, 1};
}

LabelColumn::Kind LabelColumn::kind() const {
  if (ids_.empty()) return Kind::kUnknown;
  if (too_many_) return numeric_ ? Kind::kNumbers : Kind::kTooMany;
  if (minus_one_is_unknown()) return Kind::kNumbers;
  const auto words = keys(ids_);
  if (are_yes_or_no(words)) return Kind::kYesNo;
  return class_names(words).empty() ? Kind::kNumbers : Kind::kClasses;
}

std::optional<Attribute> LabelColumn::attribute() const {
  const Kind found = kind();
  if (found == Kind::kUnknown || found == Kind::kTooMany) return std::nullopt;
  Attribute attribute{name_, no_values(numbers_.size()), {}};
  double* values = attribute.values.mutable_data_ptr<double>();
  if (found == Kind::kNumbers) {
    const bool unsure = minus_one_is_unknown();
    const bool signs = std::all_of(numbers_.begin(), numbers_.end(), [](double value) {
      return std::isnan(value) || value == 1 || value == -1;
    });
    for (size_t i = 0; i < numbers_.size(); ++i) {
      values[i] = signs ? (numbers_[i] + 1) / 2 : numbers_[i];
      if (unsure && numbers_[i] == -1) values[i] = std::nan("");
    }
    return attribute;
  }
  const auto value_of = places(attribute);
  std::vector<double> of_id(ids_.size());
  for (const auto& [word, id] : ids_)
    of_id[id] = value_of.at(word);
  for (size_t i = 0; i < words_.size(); ++i) {
    if (words_[i] != kNone) values[i] = of_id[words_[i]];
  }
  return attribute;
}

std::map<std::string, double> LabelColumn::places(Attribute& attribute) const {
  std::map<std::string, double> value_of;
  if (kind() == Kind::kYesNo) {
    for (const auto& [word, id] : ids_)
      value_of[word] = *yes_or_no(word) ? 1 : 0;
    return value_of;
  }
  attribute.classes = class_names(keys(ids_));
  for (const auto& word : attribute.classes)
    value_of[word] = static_cast<double>(value_of.size());
  return value_of;
}

std::string LabelColumn::unknown_text() const {
  std::vector<std::string> words;
  for (const auto& word : not_known_)
    words.push_back(fmt::format("\"{}\"", word));
  int64_t count = not_known_count_;
  if (minus_one_is_unknown()) {
    count += std::count(numbers_.begin(), numbers_.end(), -1.0);
    words.push_back("\"-1\" beside 0 and 1");
  }
  return count == 0 ? "" : fmt::format("{} of {} ({})", count, name_, join(words));
}

std::string LabelColumn::why_skipped() const {
  const std::string reason = kind() == Kind::kTooMany
                                 ? fmt::format("more than {} different words", kMaxColumnClasses)
                                 : "no value is known";
  return fmt::format("column {} is skipped: {}", name_, reason);
}

}  // namespace latent
