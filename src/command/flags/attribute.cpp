#include "command/flags/attribute.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"
#include "statistics/correlation_ratio.h"

namespace latent {
namespace {

constexpr int64_t kNumberGroups = 10;  // into which numbers are sorted

// The group of each example: its class, or the range of its number; -1: unknown.
Tensor groups_of(const Attribute& attribute) {
  if (attribute.kind() == AttributeKind::kNumber)
    return statistics::quantile_groups(attribute.values, kNumberGroups);
  return attribute.values.nan_to_num(-1.0).to(at::kLong);
}

}  // namespace

void declare_attribute(cxxopts::Options& options, const std::string& what) {
  options.add_options()(
      "attribute,label",
      what + " (default: the data set's first attribute); --label is another name of this flag",
      cxxopts::value<std::string>(), "NAME");
}

const Attribute* choose_attribute(const Arguments& arguments, const Examples& examples) {
  if (!arguments.has("attribute"))
    return examples.attributes.empty() ? nullptr : &examples.attributes.front();
  const std::string name = arguments.text("attribute");
  if (const Attribute* found = examples.find(name)) return found;
  std::vector<std::string> known;
  for (const auto& each : examples.attributes)
    known.push_back(each.name);
  throw Error("--attribute " + name + ": " +
              (known.empty()
                   ? "the data set has no labels and no attributes; expected no --attribute"
                   : "not in the data set; " + did_you_mean(name, known)));
}

const Attribute* choose_colour(const Arguments& arguments, const Examples& examples,
                               const Tensor& points) {
  if (arguments.has("attribute")) {
    const bool none = arguments.text("attribute") == "none" && examples.find("none") == nullptr;
    return none ? nullptr : choose_attribute(arguments, examples);
  }
  const Attribute* best = nullptr;
  double most = 0;
  for (const auto& attribute : examples.attributes) {
    const double share = statistics::correlation_ratio(points, groups_of(attribute));
    if (best != nullptr && share <= most) continue;
    best = &attribute;
    most = share;
  }
  if (examples.attributes.size() > 1) {
    log::info("coloured by {}, which says most about the places of the points; see --attribute",
              best->name);
  }
  return best;
}

Tensor rows_with_values(const Attribute*& attribute, const Tensor& rows) {
  if (attribute == nullptr) return rows;
  const Tensor known = attribute->known().index_select(0, rows);
  const auto unknown = rows.numel() - known.sum().item<int64_t>();
  if (unknown == 0) return rows;
  if (unknown == rows.numel()) {
    log::warn("attribute {}: unknown for all {} examples, which are drawn without it",
              attribute->name, unknown);
    attribute = nullptr;
    return rows;
  }
  log::info("attribute {}: unknown for {} of {} examples, which are left out", attribute->name,
            unknown, rows.numel());
  return rows.masked_select(known);
}

}  // namespace latent
