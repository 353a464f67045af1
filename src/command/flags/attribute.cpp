#include "command/flags/attribute.h"

#include <torch/types.h>

#include "core/error.h"
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

std::vector<std::string> class_words(const Attribute& attribute) {
  if (!attribute.classes.empty()) return attribute.classes;
  const Tensor& values = attribute.values;
  const bool yes_or_no = values.eq(0).logical_or(values.eq(1)).all().item<bool>();
  return yes_or_no ? std::vector<std::string>{"no", "yes"} : std::vector<std::string>{};
}

}  // namespace latent
