#include "command/flags/open_run.h"

#include "core/error.h"

namespace latent {

OpenedRun open_run(const Arguments& arguments) {
  const auto path = arguments.run();
  const std::string checkpoint = arguments.text("checkpoint");
  if (checkpoint != "best" && checkpoint != "last")
    throw UsageError("--checkpoint " + checkpoint + ": expected best or last");
  return OpenedRun::open(path, checkpoint, arguments.device());
}

}  // namespace latent
