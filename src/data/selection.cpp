#include "data/selection.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "format/csv.h"

namespace latent {
namespace {

// Everything that could have been asked for.
std::vector<std::string> known(const std::vector<Attribute>& attributes) {
  std::vector<std::string> names;
  for (const auto& attribute : attributes) {
    if (attribute.classes.empty()) names.push_back(attribute.name);
    for (const auto& word : attribute.classes)
      names.push_back(attribute.name + "=" + word);
  }
  return names;
}

// "0.5..0.8" or "0.5".
std::pair<double, double> parse_range(const std::string& text, const std::string& wanted) {
  const size_t dots = text.find("..");
  const auto low = parse_number(text.substr(0, dots));
  const auto high = dots == std::string::npos ? low : parse_number(text.substr(dots + 2));
  if (low && high && *low <= *high) return {*low, *high};
  const std::string name = wanted.substr(0, wanted.find('='));
  throw Error("attribute \"" + wanted + "\": expected a number or a range, such as " + name +
              "=0.5..0.8");
}

bool is_range(const std::string& text) { return text.find("..") != std::string::npos; }

// Classes named by numbers have an order.
bool have_numbers(const Attribute& attribute) {
  return std::all_of(attribute.classes.begin(), attribute.classes.end(), parse_number);
}

// Of an attribute that stands alone: 1 is yes, 0 is no.
Tensor is_yes(const Attribute& attribute) {
  const Tensor& values = attribute.values;
  const Tensor odd =
      values.ne(0).logical_and(values.ne(1)).logical_and(values.isnan().logical_not());
  if (odd.any().item<bool>()) {
    const Tensor finite = values.masked_select(values.isfinite());
    throw Error(fmt::format(
        "attribute \"{0}\": numbers from {1:.4g} to {2:.4g}, not yes or no; expected a range, such "
        "as {0}={1:.4g}..{2:.4g}",
        attribute.name, finite.min().item<double>(), finite.max().item<double>()));
  }
  return values.eq(1);
}

Tensor holds(const Examples& examples, const Attribute& attribute, const std::string& rule) {
  const size_t equals = attribute.name.size();
  if (rule == attribute.name) return is_yes(attribute);
  const std::string asked = rule.substr(equals + 1);
  if (!attribute.classes.empty()) return in_classes(examples, attribute, asked);
  Tensor within = at::zeros({attribute.values.size(0)}, at::kBool);
  for (const auto& part : asked.empty() ? std::vector<std::string>{""} : split_at_commas(asked)) {
    const auto [low, high] = parse_range(part, rule);
    within.logical_or_(attribute.values.ge(low).logical_and(attribute.values.le(high)));
  }
  return within;
}

Matches find_matches(const Examples& examples, const std::string& rule) {
  const bool others = rule.starts_with("!");
  const std::string wanted = rule.substr(others ? 1 : 0);
  expect_attributes(examples, wanted);
  const Attribute* attribute = examples.find(wanted);
  // A class alone, or a set of classes without one of them: told what it could mean.
  if (attribute != nullptr && !attribute->classes.empty()) fail_unknown_attribute(examples, wanted);
  if (attribute == nullptr) attribute = examples.find(wanted.substr(0, wanted.find('=')));
  if (attribute == nullptr) fail_unknown_attribute(examples, wanted);
  Matches found{holds(examples, *attribute, wanted), attribute->values.isnan().logical_not()};
  if (others) found.holds = found.holds.logical_not().logical_and(found.known);
  return found;
}

}  // namespace

Matches match(const Examples& examples, const std::string& rule, const std::string& where) {
  try {
    return find_matches(examples, rule);
  } catch (const Error& problem) {
    throw Error(where + ": " + problem.what());
  }
}

Tensor in_classes(const Examples& examples, const Attribute& attribute, const std::string& list) {
  if (list.empty()) fail_unknown_attribute(examples, attribute.name + "=");
  Tensor member = at::zeros({attribute.values.size(0)}, at::kBool);
  for (const auto& word : split_at_commas(list)) {
    const auto found = std::find(attribute.classes.begin(), attribute.classes.end(), word);
    if (found != attribute.classes.end()) {
      member.logical_or_(attribute.values.eq(found - attribute.classes.begin()));
    } else if (is_range(word) && have_numbers(attribute)) {
      const auto [low, high] = parse_range(word, attribute.name + "=" + word);
      for (size_t i = 0; i < attribute.classes.size(); ++i) {
        const double number = *parse_number(attribute.classes[i]);
        if (low <= number && number <= high)
          member.logical_or_(attribute.values.eq(static_cast<double>(i)));
      }
    } else {
      fail_unknown_attribute(examples, attribute.name + "=" + word);
    }
  }
  return member;
}

void expect_attributes(const Examples& examples, const std::string& wanted) {
  if (!examples.attributes.empty()) return;
  throw Error("attribute \"" + wanted +
              "\": the data set has no labels and no attributes; expected one that has");
}

void fail_unknown_attribute(const Examples& examples, const std::string& wanted) {
  // A class alone, "Sneaker", means the class of an attribute.
  std::string meant = wanted;
  for (const auto& attribute : examples.attributes) {
    if (wanted.find('=') != std::string::npos) break;
    const std::string guess = nearest(wanted, attribute.classes);
    if (!guess.empty()) meant = attribute.name + "=" + guess;
  }
  throw Error("attribute \"" + wanted + "\": the data set has none of that name; " +
              did_you_mean(meant, known(examples.attributes)));
}

}  // namespace latent
