#include "command/flags/attribute.h"

#include <ATen/ATen.h>

#include "core/error.h"
#include "core/log.h"
#include "core/text/suggest.h"

namespace latent {

const Attribute* choose_attribute(const Arguments& arguments, const std::string& flag,
                                  const Examples& examples) {
  if (!arguments.has(flag))
    return examples.attributes.empty() ? nullptr : &examples.attributes.front();
  const std::string name = arguments.text(flag);
  if (const Attribute* found = examples.find(name)) return found;
  std::vector<std::string> known;
  for (const auto& each : examples.attributes)
    known.push_back(each.name);
  throw Error("--" + flag + " " + name + ": " +
              (known.empty() ? "the data set has no labels and no attributes; expected no --" + flag
                             : "not in the data set; " + did_you_mean(name, known)));
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
