#include "command/flags/open_run.h"

#include "core/error.h"
#include "core/log.h"

namespace latent {

OpenedRun open_run(const Arguments& arguments) {
  const auto path = arguments.run();
  OpenedRun run = OpenedRun::open(path, arguments.checkpoint(path), arguments.device());
  if (!run.condition.empty()) {
    log::info(
        "the model is conditioned on {}; images of the data set have their own, other files and "
        "random latents none, unless --attribute of sample, reconstruct or interpolate names one",
        run.condition.summary());
  }
  return run;
}

}  // namespace latent
