#include "command/flags/attribute.h"

#include "core/error.h"
#include "core/text/suggest.h"

namespace latent {

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

}  // namespace latent
