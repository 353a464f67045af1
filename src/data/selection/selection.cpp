#include "data/selection/selection.h"

#include <ATen/ATen.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text/split.h"
#include "core/text/suggest.h"
#include "format/values.h"

namespace latent {
namespace {

// Returns the rules that name one attribute or class.
std::vector<std::string> known_rules(const std::vector<Attribute>& attributes) {
  std::vector<std::string> names;
  for (const auto& attribute : attributes) {
    if (attribute.kind() != AttributeKind::kClass) names.push_back(attribute.name);
    for (const auto& word : attribute.classes)
      names.push_back(attribute.name + "=" + word);
  }
  return names;
}

// Throws an Error that names the known attributes and classes, and the nearest.
[[noreturn]] void fail_unknown_attribute(const Examples& examples, const std::string& wanted) {
  // A class alone, "Sneaker", means the class of an attribute.
  std::string meant = wanted;
  for (const auto& attribute : examples.attributes) {
    if (wanted.find('=') != std::string::npos) break;
    const std::string guess = nearest(wanted, attribute.classes);
    if (!guess.empty()) meant = attribute.name + "=" + guess;
  }
  throw Error("attribute \"" + wanted + "\": not in the data set; " +
              did_you_mean(meant, known_rules(examples.attributes)));
}

// Reads "0.5..0.8" or "0.5".
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

// Examples of the classes in a comma-separated list: [N] bool.
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

// Examples whose number lies in one of the ranges of a comma-separated list, or whose answer is in
// it: [N] bool.
Tensor in_ranges(const Attribute& attribute, const std::string& list, const std::string& rule) {
  Tensor within = at::zeros({attribute.values.size(0)}, at::kBool);
  for (const auto& part : list.empty() ? std::vector<std::string>{""} : split_at_commas(list)) {
    if (const auto answer = yes_or_no(part); answer && attribute.kind() == AttributeKind::kYesNo) {
      within.logical_or_(attribute.values.eq(*answer ? 1 : 0));
      continue;
    }
    const auto [low, high] = parse_range(part, rule);
    within.logical_or_(attribute.values.ge(low).logical_and(attribute.values.le(high)));
  }
  return within;
}

[[noreturn]] void fail_needs_range(const std::string& name, double low, double high) {
  throw Error(fmt::format(
      "attribute \"{0}\": numbers from {1:.4g} to {2:.4g}, not yes or no; expected a range, such "
      "as {0}={1:.4g}..{2:.4g}",
      name, low, high));
}

[[noreturn]] void fail_needs_class(const Attribute& attribute) {
  throw Error("attribute \"" + attribute.name +
              "\": has classes; expected one or several, such as " + attribute.name + "=" +
              attribute.classes.front() + "; " + known(attribute.classes));
}

// What the name of an attribute alone says about each example: [N] bool.
Tensor holds_alone(const Attribute& attribute, BareNumber bare) {
  const Tensor& values = attribute.values;
  if (attribute.kind() == AttributeKind::kYesNo) return values.eq(1);
  const Tensor known = values.masked_select(attribute.known());
  if (known.numel() == 0) return at::zeros(values.sizes(), at::kBool);
  const double low = known.min().item<double>(), high = known.max().item<double>();
  const bool two_values = low < high && known.eq(low).logical_or(known.eq(high)).all().item<bool>();
  if (two_values) return values.eq(high);
  if (bare == BareNumber::kNeedsRange) fail_needs_range(attribute.name, low, high);
  return values.gt(known.median());
}

}  // namespace

Matches match(const Examples& examples, const std::string& rule, BareNumber bare) {
  const bool others = rule.starts_with("!") && examples.find(rule) == nullptr;
  const std::string wanted = rule.substr(others ? 1 : 0);
  if (examples.attributes.empty()) {
    throw Error("attribute \"" + wanted +
                "\": the data set has no labels and no attributes; expected one that has");
  }
  const Attribute* attribute = examples.find(wanted);
  const bool alone = attribute != nullptr;
  const size_t equals = wanted.find('=');
  if (!alone) attribute = examples.find(wanted.substr(0, equals));
  if (attribute == nullptr) fail_unknown_attribute(examples, wanted);
  const bool classes = attribute->kind() == AttributeKind::kClass;
  if (alone && classes) fail_needs_class(*attribute);

  const std::string list = alone ? "" : wanted.substr(equals + 1);
  const Tensor& values = attribute->values;
  Matches found{.holds = alone     ? holds_alone(*attribute, bare)
                         : classes ? in_classes(examples, *attribute, list)
                                   : in_ranges(*attribute, list, wanted),
                .known = attribute->known(),
                .group = classes ? values.nan_to_num(0).to(at::kLong)
                                 : at::zeros({values.size(0)}, at::kLong)};
  if (others) found.holds = found.holds.logical_not().logical_and(found.known);
  return found;
}

Matches match(const Examples& examples, const std::string& rule, const std::string& where) {
  try {
    return match(examples, rule, BareNumber::kNeedsRange);
  } catch (const Error& problem) {
    throw Error(where + ": " + problem.what());
  }
}

}  // namespace latent
