#include "command/flags/condition.h"

#include "core/error.h"

namespace latent {

Tensor changed_condition(const OpenedRun& run, const Tensor& own, const std::string& words) {
  if (run.condition.empty()) {
    throw Error("--attribute " + words + ": the model of " + run.directory.path().string() +
                " has no condition; expected a run trained with model.condition, or no "
                "--attribute");
  }
  return run.condition.changed(own, words, "--attribute");
}

}  // namespace latent
