#include "data/condition.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "format/values.h"

namespace latent {
namespace {

using Json = nlohmann::ordered_json;

const Attribute& needed_attribute(const std::string& name, const Examples& training,
                                  const std::string& where) {
  if (const Attribute* found = training.find(name)) return *found;
  if (training.attributes.empty()) {
    throw Error(where +
                ": the data set has no labels and no attributes; expected one that has, or "
                "no condition");
  }
  std::vector<std::string> known;
  for (const auto& attribute : training.attributes)
    known.push_back(attribute.name);
  throw Error(where + ": the data set has no attribute \"" + name + "\"; " +
              did_you_mean(name, known));
}

// Returns the class of each example as its place among `classes`, -1 if it is none: [N] int64.
Tensor places(const Attribute& attribute, const std::vector<std::string>& classes) {
  std::vector<int64_t> of_class;
  for (const auto& word : attribute.classes) {
    const auto found = std::find(classes.begin(), classes.end(), word);
    of_class.push_back(found == classes.end() ? -1 : found - classes.begin());
  }
  of_class.push_back(-1);  // of a value that is not known
  const auto unknown = static_cast<double>(attribute.classes.size());
  const Tensor values = attribute.values.nan_to_num(unknown).to(at::kLong);
  return at::tensor(of_class, at::kLong).index_select(0, values);
}

}  // namespace

int64_t Condition::Part::size() const {
  return kind == AttributeKind::kClass ? static_cast<int64_t>(classes.size()) : 1;
}

// [N, size()] float64
Tensor Condition::Part::rows(const Attribute& attribute) const {
  const Tensor& values = attribute.values;
  switch (kind) {
    case AttributeKind::kClass:
      return places(attribute, classes).unsqueeze(1).eq(at::arange(size())).to(at::kDouble);
    case AttributeKind::kYesNo:
      return (2 * values - 1).nan_to_num(0).unsqueeze(1);
    case AttributeKind::kNumber:
      return ((values - mean) / deviation).nan_to_num(0).unsqueeze(1);
  }
  TORCH_CHECK(false, "an attribute without a kind");
}

Condition Condition::of(const std::vector<std::string>& names, const Examples& training,
                        const std::string& where) {
  Condition condition;
  for (const auto& name : names) {
    const Attribute& attribute = needed_attribute(name, training, where);
    const Tensor known = attribute.values.masked_select(attribute.known());
    if (known.numel() == 0) {
      throw Error(where + ": \"" + name +
                  "\" is not known of any training example; expected an attribute that is");
    }
    Part part{.name = name, .kind = attribute.kind(), .classes = attribute.classes};
    if (part.kind == AttributeKind::kNumber) {
      part.mean = known.mean().item<double>();
      const auto deviation = known.std(/*unbiased=*/false).item<double>();
      if (deviation > 0) part.deviation = deviation;
    }
    condition.parts_.push_back(std::move(part));
  }
  return condition;
}

Condition Condition::parse(const std::string& text, const std::string& where) {
  Condition condition;
  try {
    for (const auto& json : Json::parse(text)) {
      Part part{.name = json.at("name").get<std::string>()};
      if (json.contains("classes")) {
        part.kind = AttributeKind::kClass;
        json.at("classes").get_to(part.classes);
      } else if (json.contains("mean")) {
        json.at("mean").get_to(part.mean);
        json.at("deviation").get_to(part.deviation);
      } else {
        part.kind = AttributeKind::kYesNo;
      }
      condition.parts_.push_back(std::move(part));
    }
  } catch (const nlohmann::json::exception&) {
    throw Error(where +
                ": its \"condition\" cannot be read; expected a checkpoint of latent train");
  }
  return condition;
}

std::string Condition::text() const {
  Json all = Json::array();
  for (const Part& part : parts_) {
    Json json{{"name", part.name}};
    if (part.kind == AttributeKind::kClass) json["classes"] = part.classes;
    if (part.kind == AttributeKind::kNumber) {
      json["mean"] = part.mean;
      json["deviation"] = part.deviation;
    }
    all.push_back(std::move(json));
  }
  return all.dump(-1, ' ', false, Json::error_handler_t::replace);
}

int64_t Condition::size() const {
  int64_t sum = 0;
  for (const Part& part : parts_)
    sum += part.size();
  return sum;
}

Tensor Condition::rows(const std::vector<Attribute>& attributes, int64_t count) const {
  if (empty()) return {};
  std::vector<Tensor> columns;
  for (const Part& part : parts_) {
    const Attribute* found = find_attribute(attributes, part.name);
    columns.push_back(found == nullptr ? at::zeros({count, part.size()}, at::kDouble)
                                       : part.rows(*found));
  }
  return at::cat(columns, 1).to(at::kFloat);
}

// How an attribute is named in words: "label=owl", "Smiling", "age=25".
std::string Condition::Part::example() const {
  switch (kind) {
    case AttributeKind::kClass:
      return name + "=" + classes.front();
    case AttributeKind::kYesNo:
      return name + "=yes";
    case AttributeKind::kNumber:
      return fmt::format("{}={:.4g}", name, mean);
  }
  TORCH_CHECK(false, "an attribute without a kind");
}

double Condition::Part::class_value(const std::string& word, const std::string& where) const {
  const auto found = std::find(classes.begin(), classes.end(), word);
  if (found != classes.end()) return static_cast<double>(found - classes.begin());
  throw Error(where + ": the model was trained without such a class of \"" + name + "\"; " +
              did_you_mean(word, classes));
}

// word: of the value, after the "=".
double Condition::Part::value(const std::string& word, const std::string& where) const {
  if (kind == AttributeKind::kClass) return class_value(word, where);
  const auto number = parse_number(word);
  if (kind == AttributeKind::kNumber && number) return *number;
  const auto answer = yes_or_no(word);
  const bool is_answer = answer || number == 0.0 || number == 1.0;
  if (kind == AttributeKind::kYesNo && is_answer) return answer ? *answer : *number;
  throw Error(where + ": \"" + name + "\" is " +
              (kind == AttributeKind::kNumber ? "a number" : "yes or no") +
              "; expected, such as, " + example());
}

// The attribute that one word names, the longest name if there are several; nullptr if there is
// none.
const Condition::Part* Condition::part_named_in(const std::string& word) const {
  const Part* longest = nullptr;
  for (const Part& part : parts_) {
    const bool named = word == part.name || word.starts_with(part.name + "=");
    if (named && (longest == nullptr || part.name.size() > longest->name.size())) longest = &part;
  }
  return longest;
}

void Condition::fail_unknown(const std::string& word, const std::string& where) const {
  std::vector<std::string> known;
  for (const Part& part : parts_) {
    // A class alone, "owl", means the class of an attribute.
    if (std::find(part.classes.begin(), part.classes.end(), word) != part.classes.end())
      throw Error(where + ": expected the attribute too: " + part.name + "=" + word);
    known.push_back(part.name);
  }
  throw Error(where + ": the model's condition has no such attribute; " +
              did_you_mean(word.substr(0, word.find('=')), known));
}

std::vector<Attribute> Condition::named_in(const std::string& words,
                                           const std::string& where) const {
  std::vector<Attribute> named;
  for (const std::string& each : split_at_commas(words)) {
    const std::string word = trimmed(each), at = where + " " + word;
    const bool denied = word.starts_with("!") && part_named_in(word) == nullptr;
    const Part* part = part_named_in(denied ? word.substr(1) : word);
    if (part == nullptr) fail_unknown(denied ? word.substr(1) : word, at);
    if (find_attribute(named, part->name) != nullptr)
      throw Error(at + ": \"" + part->name + "\" is given twice; expected one value of it");
    const bool alone = word.size() == part->name.size() + (denied ? 1 : 0);
    if ((denied || alone) && !(alone && part->kind == AttributeKind::kYesNo))
      throw Error(at + ": a condition is one value; expected, such as, " + part->example());
    const double value =
        alone ? (denied ? 0 : 1) : part->value(word.substr(part->name.size() + 1), at);
    named.push_back({part->name, at::full({1}, value, at::kDouble), part->classes});
  }
  if (named.empty())
    throw Error(where + ": nothing is named; expected, such as, " +
                (empty() ? "no condition" : parts_.front().example()));
  return named;
}

Tensor Condition::row(const std::string& words, const std::string& where) const {
  return rows(named_in(words, where), 1);
}

Tensor Condition::changed(const Tensor& rows, const std::string& words,
                          const std::string& where) const {
  const std::vector<Attribute> named = named_in(words, where);
  Tensor result = rows.clone();
  int64_t first = 0;
  for (const Part& part : parts_) {
    if (const Attribute* found = find_attribute(named, part.name))
      result.narrow(1, first, part.size()).copy_(part.rows(*found));
    first += part.size();
  }
  return result;
}

std::string Condition::summary() const {
  std::string text;
  for (const Part& part : parts_) {
    text += (text.empty() ? "" : ", ") + part.name;
    switch (part.kind) {
      case AttributeKind::kClass:
        text += " (" + std::to_string(part.size()) + (part.size() == 1 ? " class)" : " classes)");
        break;
      case AttributeKind::kYesNo:
        text += " (yes or no)";
        break;
      case AttributeKind::kNumber:
        text += " (a number)";
        break;
    }
  }
  return text;
}

}  // namespace latent
