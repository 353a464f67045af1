#include "command/flags/open_run.h"

#include "core/error.h"
#include "core/log.h"

namespace latent {

OpenedRun open_run(const Arguments& arguments) {
  const auto path = arguments.run();
  const std::string checkpoint = arguments.text("checkpoint");
  if (checkpoint != "best" && checkpoint != "last")
    throw UsageError("--checkpoint " + checkpoint + ": expected best or last");
  OpenedRun run = OpenedRun::open(path, checkpoint, arguments.device());
  if (!run.condition.empty()) {
    log::info(
        "the model is conditioned on {}; images of the data set have their own, other files and "
        "random latents none, unless --attribute of sample, reconstruct or interpolate names one",
        run.condition.summary());
  }
  return run;
}

}  // namespace latent
