#include "measure/features_option.h"

#include "measure/needs.h"

namespace latent {

std::string read_features_option(Section& section) {
  std::string choice;
  section.read("features", choice,
               "network whose features samples and reconstruction compare images by: "
               "FILE.safetensors of latent features train, inception=FILE.pt or "
               "inception-clean=FILE.pt (TorchScript, a program: use files you trust); default: "
               "one of the run's data, trained once and kept in the cache");
  return choice;
}

std::string needs_features(const MeasureContext& context) {
  if (const std::string why_not = needs_images(context); !why_not.empty()) return why_not;
  return context.features ? "" : "needs features of the run's images; there are none here";
}

}  // namespace latent
