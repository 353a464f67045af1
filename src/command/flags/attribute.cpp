#include "command/flags/attribute.h"

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

}  // namespace latent
